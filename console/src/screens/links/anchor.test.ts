import { expect, test } from 'vitest'
import { defaultOf, exampleOf, inWords, keyOf, places, withLink, type Entry } from './anchor'

test('an anchor is read in words', () => {
  expect(inWords('/01/09506000134352')).toBe('GTIN 0 9506000 13435 2')
  expect(inWords('/01/09506000134352/10/L%2F3/21/{s}')).toBe('GTIN 0 9506000 13435 2 · lot L/3 · any serial')
  expect(inWords('/8003/095060001343*')).toBe('Returnable asset that begins with 095060001343')
  expect(inWords('/01/%zz')).toBe('GTIN %zz')
})

test('keys, places and examples', () => {
  expect(keyOf('/01/09506000134352/10/L%2F3')).toBe('/01/09506000134352')
  expect(places('/01/09506000134352/10/{lot}/21/S')).toEqual(['{lot}'])
  expect(places('/8003/0950*')).toEqual(['{0}', '{1}'])
  expect(exampleOf('/01/09506000134352/10/{lot}')).toBe('/01/09506000134352/10/1')
  expect(exampleOf('/*/950*')).toBe('')
})

const link = (linktype: string, more = {}) => ({ linktype, href: 'https://a.example', title: linktype, ...more })
const entry: Entry = { anchor: '/01/09506000134352', itemDescription: 'x', links: [link('gs1:pip', { default: true, multi: true }), link('gs1:faqs', { multi: true })] }

test('there is one default that always holds, and a choice of one is none', () => {
  const next = withLink(entry, -1, link('gs1:homepage', { default: true }))
  expect(next.links?.map((l) => Boolean(l.default))).toEqual([false, false, true])
  const both = withLink(entry, -1, link('gs1:recipeInfo', { default: true, when: { fact: 'seal', is: 'opened' } }))
  expect(both.links?.map((l) => Boolean(l.default))).toEqual([true, false, true])
  expect(withLink(entry, 1, undefined).links?.[0]?.multi).toBeUndefined()
})

test('a recall is what an entry leads to', () => {
  expect(defaultOf(entry)?.linktype).toBe('gs1:pip')
  expect(defaultOf(withLink(entry, -1, link('gs1:recallStatus')))?.linktype).toBe('gs1:recallStatus')
})
