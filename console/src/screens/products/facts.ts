import type { Schema } from '../../api'
import type { Preset } from '../../search'

type Facts = Schema['Facts']

/** What the server is told of a tap in a state: seal, life and how the tap came out. */
const presets: Record<Preset, Pick<Facts, 'seal' | 'life' | 'tap'>> = {
  sealed: { seal: 'sealed', life: 'sold', tap: 'genuine' },
  opened: { seal: 'opened', life: 'opened', tap: 'genuine' },
  drained: { seal: 'opened', life: 'drained', tap: 'genuine' },
  replayed: { seal: 'sealed', life: 'sold', tap: 'replayed' },
  plain: { seal: 'unknown', life: 'made', tap: 'plain' },
}

export function factsFor(gtin: string, preset: Preset, market: string | undefined, locale: string, adult: boolean): Facts {
  return { gtin, ...presets[preset], market, locale, ageConfirmed: adult }
}
