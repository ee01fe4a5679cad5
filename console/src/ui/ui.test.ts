import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import { describe, expect, it } from 'vitest'
import world from 'world-atlas/countries-110m.json'
import { toCsv } from '../csv'
import { blocksOf } from './blocks'
import { alpha2, dots } from './countries'
import { rampStep } from './scale'
import { comparedInWords } from './Stat'

describe('a number beside the one before', () => {
  it.each([
    ['the same', 40, 40, 'the same as the 7 days before'],
    ['nothing before', 12, 0, 'none in the 7 days before'],
    ['nothing at all', 0, 0, 'the same as the 7 days before'],
    ['up', 108, 100, '+8% on the 7 days before'],
    ['down', 50, 100, '-50% on the 7 days before'],
    ['too few for a percentage', 3, 2, '2 in the 7 days before'],
    ['too much for a percentage', 5000, 20, '20 in the 7 days before'],
  ])('%s', (_, value, previous, want) => {
    expect(comparedInWords(value, previous, '7d')).toBe(want)
  })
})

describe('the world map', () => {
  const topology = world as unknown as Topology<{ countries: GeometryCollection<{ name: string }> }>
  const areas = feature(topology, topology.objects.countries).features
  const names = new Intl.DisplayNames(['en'], { type: 'region' })
  // Where Natural Earth and Unicode name the same place differently.
  const same: Record<string, string> = {
    'Bosnia and Herz.': 'BA', "Côte d'Ivoire": 'CI', 'Central African Rep.': 'CF', Congo: 'CG', 'Dem. Rep. Congo': 'CD',
    'Dominican Rep.': 'DO', 'Eq. Guinea': 'GQ', 'Falkland Is.': 'FK', 'Fr. S. Antarctic Lands': 'TF', Macedonia: 'MK',
    Myanmar: 'MM', Palestine: 'PS', 'S. Sudan': 'SS', 'Solomon Is.': 'SB', 'Trinidad and Tobago': 'TT', Turkey: 'TR',
    'United States of America': 'US', 'W. Sahara': 'EH', eSwatini: 'SZ', Czechia: 'CZ', Kosovo: 'XK',
  }

  it('joins every area to the country of that name', () => {
    const without: string[] = []
    for (const a of areas) {
      const code = alpha2(a)
      const name = a.properties.name
      if (!code) without.push(name)
      else expect(same[name] ?? names.of(code), name).toBe(same[name] ? code : name)
    }
    expect(without.sort()).toEqual(['Antarctica', 'N. Cyprus', 'Somaliland'])
  })

  it('has a dot for every market that is too small for a shape, and no dot twice', () => {
    const shapes = new Set(areas.map(alpha2))
    for (const small of ['SG', 'HK', 'MO', 'MT', 'BH', 'MU', 'LI']) expect(dots[small], small).toBeDefined()
    expect(Object.keys(dots).filter((code) => shapes.has(code))).toEqual([])
  })

  it('colours on a square-root scale', () => {
    expect([0, 1, 4, 25, 100].map((v) => rampStep(v, 100))).toEqual([0, 1, 1, 3, 5])
    expect(rampStep(3, 0)).toBe(0)
  })
})

describe('a CSV', () => {
  it('quotes what needs it and disarms formulas', () => {
    expect(toCsv([['a,b', 'say "x"', '=1+1', -3]])).toBe('"a,b","say ""x""",\'=1+1,-3\r\n')
  })
})

describe('the body of content', () => {
  it('becomes words in their order', () => {
    const body = [{ heading: 'Serve', text: 'Cold.', items: ['ice'], steps: ['Pour.'] }, { facts: [{ label: 'Batch', value: 'L1' }] }]
    expect(blocksOf(body)).toEqual([
      { kind: 'heading', text: 'Serve' },
      { kind: 'text', text: 'Cold.' },
      { kind: 'list', items: ['ice'] },
      { kind: 'steps', items: ['Pour.'] },
      { kind: 'list', items: ['Batch: L1'] },
    ])
  })
  it('says nothing of nothing', () => expect(blocksOf(undefined)).toEqual([]))
  it('shows the words of a kind it does not know', () => expect(blocksOf([{ quote: 'Fine.' }])).toEqual([{ kind: 'text', text: 'Fine.' }]))
})
