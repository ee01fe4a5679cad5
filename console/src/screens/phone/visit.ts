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

/** The links of a bottle, newest first, each once. */
export function links(visits: Visit[]): Visit[] {
  return visits.filter((v) => v.kind === 'tap')
}
