/** One opening of a link in the phone: a fresh tap, or an old link again. */
export type Visit = {
  n: number
  kind: 'tap' | 'replay'
  url: string
  /** Which tap of the chip the link came from. */
  counter: number
  /** Another phone is in the hand: the link is known, the page is gone. */
  blank?: boolean
}

/** What a page in the phone tells of itself. */
export type SeenPage = { ageKnown: boolean; locale: string }

/** What the phone shows: pages of a visit are counted, as a form leads to the next one. */
export type Seen = SeenPage & { visit: number; loads: number }

type Remembered = { lastUrl?: string; counter: number }

/** What the server remembers of a bottle that this page has not tapped yet: its last link. */
export function remembered(bottle: Remembered): Visit[] {
  return bottle.lastUrl ? [{ n: 0, kind: 'tap', url: bottle.lastUrl, counter: bottle.counter }] : []
}

/** The visits after one more. The first one comes after what the server remembers. */
export function visited(visits: Visit[], next: Omit<Visit, 'n'>, bottle?: Remembered): Visit[] {
  const before = visits.length > 0 || !bottle ? visits : remembered(bottle).filter((v) => next.kind !== 'tap' || v.url !== next.url)
  return [{ ...next, n: (before[0]?.n ?? 0) + 1 }, ...before].slice(0, 50)
}

/** The links of a bottle, newest first, each once. */
export function links(visits: Visit[]): Visit[] {
  return visits.filter((v) => v.kind === 'tap')
}
