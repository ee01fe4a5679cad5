import { describe, expect, it } from 'vitest'
import { safeNext } from './screens/sign-in/next'
import { overviewSearch, tapsSearch, thingsSearch } from './search'

describe('the address of a screen', () => {
  it('keeps what belongs there', () => {
    expect(thingsSearch({ seal: 'opened', gtin: '09506000134352', alarm: true })).toMatchObject({
      seal: 'opened',
      gtin: '09506000134352',
      alarm: true,
    })
    expect(overviewSearch({ period: '30d', market: 'DE' })).toEqual({ period: '30d', market: 'DE' })
  })
  it('drops what does not, so that an old link still opens', () => {
    expect(thingsSearch({ seal: 'molten', life: 7, q: '' })).toMatchObject({ seal: undefined, life: undefined, q: undefined })
    expect(overviewSearch({ period: '1y' })).toEqual({ period: undefined, market: undefined })
    expect(tapsSearch({ result: { not: 'text' } }).result).toBeUndefined()
  })
  it('reads a number that is a text, as a GTIN without quotes is', () => {
    expect(thingsSearch({ gtin: 9506000134352 }).gtin).toBe('9506000134352')
  })
})

describe('the way back after signing in', () => {
  it.each([
    ['/things?seal=opened', '/things?seal=opened'],
    [undefined, '/'],
    ['//elsewhere.example', '/'],
    ['/\\elsewhere.example', '/'],
    ['https://elsewhere.example', '/'],
    ['/sign-in?next=/x', '/'],
  ])('%s leads to %s', (next, want) => expect(safeNext(next)).toBe(want))
})
