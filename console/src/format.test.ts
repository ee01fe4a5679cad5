import { describe, expect, it } from 'vitest'
import { ago, bucketLabel, country, gtin, localized, moment, percent, utc } from './format'

const now = new Date('2026-03-05T12:00:00Z')

describe('times', () => {
  it.each([
    ['2026-03-05T11:59:59Z', 'now'],
    ['2026-03-05T12:00:20Z', 'now'],
    ['2026-03-05T11:59:18Z', '42 s ago'],
    ['2026-03-05T11:57:00Z', '3 min ago'],
    ['2026-03-05T09:00:00Z', '3 h ago'],
    ['2026-03-02T12:00:00Z', '3 d ago'],
    ['2026-03-05T12:03:00Z', 'in 3 min'],
  ])('%s is %s', (at, want) => {
    expect(ago(at, now)).toBe(want)
  })

  it('shows the day only when it is another one', () => {
    const at = new Date(now.getTime() - 60_000).toISOString()
    expect(moment(at, now)).toMatch(/^\d\d:\d\d:\d\d$/)
    expect(moment('2026-03-01T10:00:00Z', now)).toMatch(/Mar/)
    expect(moment('2024-03-01T10:00:00Z', now)).toMatch(/2024/)
  })

  it('keeps what is no time', () => expect(moment('soon', now)).toBe('soon'))
  it('gives the instant in UTC', () => expect(utc('2026-03-05T12:00:00.123456Z')).toBe('2026-03-05 12:00:00 UTC'))
  it('names a day of a chart by UTC', () => expect(bucketLabel('2026-03-05T00:00:00Z', 'day')).toMatch(/5/))
})

describe('numbers and names', () => {
  it('has no share of nothing', () => expect(percent(3, 0)).toBe(''))
  it('names countries, and keeps what is none', () => {
    expect(country('DE')).toBe('Germany')
    expect(country('ZZZZ')).toBe('ZZZZ')
  })
  it('groups a GTIN', () => {
    expect(gtin('09506000134352')).toBe('0 9506000 13435 2')
    expect(gtin('123')).toBe('123')
  })
  it('falls back from a region to its language, then to English, then to any', () => {
    expect(localized({ de: 'Hallo', en: 'Hello' }, 'de-AT')).toBe('Hallo')
    expect(localized({ de: 'Hallo', en: 'Hello' }, 'fr')).toBe('Hello')
    expect(localized({ de: 'Hallo' }, 'fr')).toBe('Hallo')
    expect(localized(undefined)).toBe('')
  })
})
