// Numbers, times and names of places as people read them. The words are English, so
// are the formats: the reader's own variety of it when the browser says one.
const language = navigator.language?.startsWith('en') ? navigator.language : 'en-GB'

const whole = new Intl.NumberFormat(language)
const change = new Intl.NumberFormat(language, { style: 'percent', signDisplay: 'exceptZero', maximumFractionDigits: 0 })
const share = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 })
const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' })
const date = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric' })
const exact = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })
const regions = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })

export const number = (n: number): string => whole.format(n)

/** A share of a whole, "37%"; empty when there is no whole. */
export const percent = (part: number, of: number): string => (of > 0 ? share.format(part / of) : '')

export const changePercent = (now: number, before: number): string => change.format((now - before) / before)

/** The name of a country, or the code itself when nobody knows it. */
export function country(code: string): string {
  try {
    return regions.of(code) ?? code
  } catch {
    return code // not a region code at all
  }
}

/** "14:02:11" today, "2 Mar, 14:02:11" this year, with the year before that. */
export function moment(at: string, now: Date): string {
  const d = new Date(at)
  if (Number.isNaN(d.getTime())) return at
  if (d.toDateString() === now.toDateString()) return clock.format(d)
  const dayPart = d.getFullYear() === now.getFullYear() ? day.format(d) : date.format(d)
  return `${dayPart}, ${clock.format(d)}`
}

export const dateOnly = (at: string): string => date.format(new Date(at))
export const dayOnly = (at: string): string => day.format(new Date(at))
export const exactly = (at: string): string => exact.format(new Date(at))

/** The same instant for somebody in another zone. */
export const utc = (at: string): string => new Date(at).toISOString().replace('T', ' ').replace(/\.\d+Z$/, ' UTC')

const steps: [string, number][] = [
  ['d', 86400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
]

/** "3 min ago", "in 2 h"; "now" within two seconds. */
export function ago(at: string, now: Date): string {
  const seconds = Math.round((now.getTime() - new Date(at).getTime()) / 1000)
  const far = Math.abs(seconds)
  const [unit, size] = steps.find(([, size]) => far >= size) ?? ['s', 1]
  // A clock that runs a little behind the server's is no future.
  if (far < 2 || Number.isNaN(far) || (seconds < 0 && far < 30)) return 'now'
  const long = `${Math.floor(far / size)} ${unit}`
  return seconds > 0 ? `${long} ago` : `in ${long}`
}

/** The text in the reader's language, then English, then any. */
export function localized(texts: Record<string, string> | undefined, wanted = 'en'): string {
  if (!texts) return ''
  return texts[wanted] ?? texts[wanted.split('-')[0] ?? ''] ?? texts.en ?? Object.values(texts)[0] ?? ''
}

/** A GTIN in the groups that people compare by eye: "0 9506000 13435 2". */
export const gtin = (g: string): string =>
  /^\d{14}$/.test(g) ? `${g.slice(0, 1)} ${g.slice(1, 8)} ${g.slice(8, 13)} ${g.slice(13)}` : g

const hour = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

// Days of a chart begin at midnight UTC: in the reader's zone they would carry the name of the day before.
const utcDay = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** The words under a column of a chart. */
export const bucketLabel = (at: string, bucket: 'hour' | 'day'): string =>
  (bucket === 'day' ? utcDay : hour).format(new Date(at))
