import { describe, expect, it } from 'vitest'
import { codesSearch } from '../../search'
import { elementString, expiryElement, leastQuiet, lookQuery, sheetQuery, sizeVerdict, symbology, visible, whichQuery } from './code'

describe('what a code holds', () => {
  it('names the product, the lot, the serial and the expiry, in this order', () => {
    expect(elementString({ gtin: '09506000134352', lot: 'L7', serial: 'A1', expiry: '2027-12-31' })).toBe('(01)09506000134352(10)L7(21)A1(17)271231')
    expect(elementString({ gtin: '09506000134352' })).toBe('(01)09506000134352')
  })
  it('escapes a bracket, which would begin another element', () => {
    expect(elementString({ gtin: '09506000134352', serial: 'A(21)B' })).toBe('(01)09506000134352(21)A\\(21)B')
  })
  it('takes no date that is none', () => {
    expect(expiryElement('31.12.2027')).toBe('')
    expect(expiryElement(undefined)).toBe('')
  })
  it('shows the separator', () => expect(visible('10L7\u001d21A')).toBe('10L7␝21A'))
})

describe('how a code looks', () => {
  it.each([
    ['qr', 'link', 'qr', 4],
    ['qr', 'elements', 'gs1-qr', 4],
    ['datamatrix', 'link', 'datamatrix', 1],
    ['datamatrix', 'elements', 'gs1-datamatrix', 1],
  ] as const)('%s with %s is %s', (shape, holds, want, quiet) => {
    expect(symbology(shape, holds)).toBe(want)
    expect(leastQuiet(symbology(shape, holds))).toBe(quiet)
  })
  it('asks for the target of retail when nothing is said', () => {
    expect(lookQuery(codesSearch({}))).toMatchObject({ symbology: 'qr', xDimension: 0.495, hri: true, quietZone: undefined })
  })
  it('leaves to a Data Matrix what is not its own', () => {
    expect(lookQuery(codesSearch({ symbology: 'datamatrix', level: 'H', compact: true }))).toMatchObject({ level: undefined, compact: undefined })
  })
  it('keeps a number that the server is to refuse, and drops what is none', () => {
    expect(lookQuery(codesSearch({ x: '9' })).xDimension).toBe(9)
    expect(lookQuery(codesSearch({ x: 'wide' })).xDimension).toBe(0.495)
  })
  it.each([
    [0.3, 'small'],
    [0.396, 'fair'],
    [0.4233, 'fair'],
    [0.495, 'target'],
    [0.6, 'target'],
  ] as const)('%d mm is %s', (x, want) => expect(sizeVerdict(x)).toBe(want))
})

describe('which labels', () => {
  it('those that were made come before the lot', () => {
    expect(whichQuery({ batch: 'evt_1', gtin: '09506000134352', lot: 'L7' })).toEqual({ batch: 'evt_1' })
    expect(whichQuery({ gtin: '09506000134352', lot: 'L7' })).toEqual({ gtin: '09506000134352', lot: 'L7' })
    expect(whichQuery({ gtin: '09506000134352' })).toBeUndefined()
  })
  it('a roll has no gap and a thin margin', () => {
    expect(sheetQuery({ page: 'roll' })).toMatchObject({ margin: 1, gap: undefined })
    expect(sheetQuery({})).toMatchObject({ page: 'a4', margin: 10, gap: 2 })
    expect(sheetQuery({ margin: '0' }).margin).toBe(0)
  })
})
