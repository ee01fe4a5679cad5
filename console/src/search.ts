// What stands behind the "?" of each screen's address. A value that does not belong
// there is dropped, so that an old link still opens the screen.
import { periods, type Period } from './period'
import type { Life, Result, Schema, Seal } from './api'

type Raw = Record<string, unknown>

export const text = (v: unknown): string | undefined =>
  typeof v === 'string' && v !== '' ? v.slice(0, 200) : typeof v === 'number' ? String(v) : undefined

export function oneOf<T extends string>(v: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((a) => a === v)
}

export const seals = ['sealed', 'opened', 'unknown'] as const satisfies readonly Seal[]
export const lives = ['made', 'sold', 'opened', 'in-use', 'drained'] as const satisfies readonly Life[]
export const results = ['genuine', 'repeat', 'replayed', 'refused', 'plain'] as const satisfies readonly Result[]
export const reaches = ['sold', 'opened', 'drained'] as const

export const overviewSearch = (s: Raw): { period?: Period; market?: string } => ({
  period: oneOf(s.period, periods),
  market: text(s.market),
})

export const productsSearch = (s: Raw): { q?: string; brand?: string } => ({ q: text(s.q), brand: text(s.brand) })

export const passportsSearch = (s: Raw): { q?: string; status?: Schema['Passport']['status']; tab?: 'grants' | 'log' } => ({
  q: text(s.q),
  status: oneOf(s.status, ['draft', 'published', 'withdrawn']),
  tab: oneOf(s.tab, ['grants', 'log']),
})

/** A passport of a lot or of an item names it. */
export const passportSearch = (s: Raw): { lot?: string; serial?: string } => ({ lot: text(s.lot), serial: text(s.serial) })

export const newPassportSearch = (s: Raw): { gtin?: string; lot?: string; serial?: string } => ({ gtin: text(s.gtin), lot: text(s.lot), serial: text(s.serial) })

export const productSearch = (s: Raw): { seal?: Preset; market?: string; locale?: string } => ({
  seal: oneOf(s.seal, presets),
  market: text(s.market),
  locale: text(s.locale),
})

export const waysTabs = ['map', 'way', 'lots', 'captures', 'queries'] as const
export type WaysTab = (typeof waysTabs)[number]

export const waysSearch = (s: Raw): { id?: string; at?: string; tab?: WaysTab; gtin?: string; lot?: string } => ({
  // A code is longer than what people type elsewhere.
  id: typeof s.id === 'string' && s.id !== '' ? s.id.slice(0, 1000) : typeof s.id === 'number' ? String(s.id) : undefined,
  at: typeof s.at === 'string' && !Number.isNaN(Date.parse(s.at)) ? s.at : undefined,
  tab: oneOf(s.tab, waysTabs),
  gtin: text(s.gtin),
  lot: text(s.lot),
})

export const alarmStates = ['open', 'confirmed', 'dismissed', 'recalled', 'corrected'] as const
export const severities = ['high', 'medium', 'low'] as const

export type AlarmsSearch = {
  state?: (typeof alarmStates)[number] | 'any'
  severity?: (typeof severities)[number]
  rule?: string
  country?: string
  gtin?: string
  party?: string
}

export const alarmsSearch = (s: Raw): AlarmsSearch => ({
  state: oneOf(s.state, [...alarmStates, 'any']),
  severity: oneOf(s.severity, severities),
  rule: text(s.rule),
  country: text(s.country),
  gtin: text(s.gtin),
  party: text(s.party),
})

export const devicesSearch = (s: Raw): { q?: string; model?: string; online?: 'yes' | 'no'; state?: 'active' | 'frozen' | 'retired'; household?: string } => ({
  q: text(s.q),
  model: text(s.model),
  online: oneOf(s.online, ['yes', 'no']),
  state: oneOf(s.state, ['active', 'frozen', 'retired']),
  household: text(s.household),
})

export const lettersSearch = (s: Raw): { state?: 'open' | 'replayed' | 'dropped' } => ({ state: oneOf(s.state, ['open', 'replayed', 'dropped']) })

export const detectorsSearch = (s: Raw): { model?: string; device?: string } => ({ model: text(s.model), device: text(s.device) })

export const placesSearch = (s: Raw): { q?: string; class?: 'location' | 'party'; country?: string } => ({
  q: text(s.q),
  class: oneOf(s.class, ['location', 'party']),
  country: text(s.country),
})

/** The states in which a product speaks differently. */
export const presets = ['sealed', 'opened', 'drained', 'replayed', 'plain'] as const
export type Preset = (typeof presets)[number]

export type ThingsSearch = {
  q?: string
  gtin?: string
  seal?: Seal
  life?: Life
  market?: string
  lot?: string
  alarm?: boolean
  reached?: (typeof reaches)[number]
}

export const thingsSearch = (s: Raw): ThingsSearch => ({
  q: text(s.q),
  gtin: text(s.gtin),
  seal: oneOf(s.seal, seals),
  life: oneOf(s.life, lives),
  market: text(s.market),
  lot: text(s.lot),
  reached: oneOf(s.reached, reaches),
  alarm: s.alarm === true || s.alarm === 'true' ? true : undefined,
})

export type TapsSearch = { result?: Result; code?: string; country?: string; gtin?: string; thing?: string; set?: string; from?: string; to?: string }

export const tapsSearch = (s: Raw): TapsSearch => ({
  result: oneOf(s.result, results),
  code: text(s.code),
  country: text(s.country),
  gtin: text(s.gtin),
  thing: text(s.thing),
  set: text(s.set),
  from: text(s.from),
  to: text(s.to),
})

export const tagSetSearch = (s: Raw): { set?: string } => ({ set: text(s.set) })

export const chipsSearch = (s: Raw): { set?: string; status?: Schema['Chip']['status']; q?: string } => ({
  set: text(s.set),
  status: oneOf(s.status, ['registered', 'active', 'blocked'] as const),
  q: text(s.q),
})

export type CodesSearch = {
  tab?: 'batch'
  of?: 'other'
  data?: string
  gtin?: string
  lot?: string
  serial?: string
  expiry?: string
  symbology?: Schema['Label']['symbology']
  stem?: string
  x?: string
  dpi?: number
  quiet?: string
  hri?: boolean
  text?: string
  level?: 'L' | 'M' | 'Q' | 'H'
  compact?: boolean
  batch?: string
  page?: 'a4' | 'letter' | 'roll'
  margin?: string
  gap?: string
  cellWidth?: string
  cellHeight?: string
  crop?: boolean
}

export const codesSearch = (s: Raw): CodesSearch => ({
  tab: oneOf(s.tab, ['batch'] as const),
  of: oneOf(s.of, ['other'] as const),
  data: typeof s.data === 'string' ? s.data.slice(0, 2000) || undefined : text(s.data),
  gtin: text(s.gtin),
  lot: text(s.lot),
  serial: text(s.serial),
  expiry: text(s.expiry),
  symbology: oneOf(s.symbology, ['qr', 'datamatrix', 'gs1-datamatrix', 'gs1-qr'] as const),
  stem: text(s.stem),
  x: text(s.x),
  dpi: oneOf(String(s.dpi), ['203', '300', '600', '1200'] as const) ? Number(s.dpi) : undefined,
  quiet: text(s.quiet),
  hri: s.hri === false || s.hri === 'false' ? false : undefined,
  text: text(s.text),
  level: oneOf(s.level, ['L', 'M', 'Q', 'H'] as const),
  compact: s.compact === true || s.compact === 'true' ? true : undefined,
  batch: typeof s.batch === 'string' && /^evt_[0-9a-z]{26}(,evt_[0-9a-z]{26}){0,9}$/.test(s.batch) ? s.batch : undefined,
  page: oneOf(s.page, ['a4', 'letter', 'roll'] as const),
  margin: text(s.margin),
  gap: text(s.gap),
  cellWidth: text(s.cellWidth),
  cellHeight: text(s.cellHeight),
  crop: s.crop === true || s.crop === 'true' ? true : undefined,
})

export const phoneSearch = (s: Raw): { bottle?: string } => ({ bottle: text(s.bottle) })
export const contentsSearch = (s: Raw): { q?: string; product?: string } => ({ q: text(s.q), product: text(s.product) })
export const teamSearch = (s: Raw): { tab?: 'keys' } => ({ tab: oneOf(s.tab, ['keys'] as const) })
export const signInSearch = (s: Raw): { token?: string; next?: string } => ({ token: text(s.token), next: text(s.next) })

export const bys = ['type', 'market', 'language', 'key', 'link'] as const

export const linksSearch = (s: Raw): { q?: string; gtin?: string; type?: string } => ({ q: text(s.q), gtin: text(s.gtin), type: text(s.type) })

/** An anchor is longer than other texts, and the router reads one of digits as a number. */
const anchorOf = (v: unknown): string | undefined => (typeof v === 'string' && v !== '' ? v.slice(0, 500) : undefined)

export const linkEntrySearch = (
  s: Raw,
): { anchor?: string; language?: string; market?: string; type?: string; seal?: 'sealed' | 'opened' } => ({
  anchor: anchorOf(s.anchor),
  language: text(s.language),
  market: text(s.market),
  type: text(s.type),
  seal: oneOf(s.seal, ['sealed', 'opened'] as const),
})

export const linkScansSearch = (
  s: Raw,
): { by?: (typeof bys)[number]; period?: Period; anchor?: string; type?: string; market?: string } => ({
  by: oneOf(s.by, bys),
  period: oneOf(s.period, periods),
  anchor: anchorOf(s.anchor),
  type: text(s.type),
  market: text(s.market),
})
