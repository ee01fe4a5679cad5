import { describe, expect, it } from 'vitest'
import { fromForm, languagesOf, numberOf, place, slug, toForm, type Draft } from './draft'
import { inWords, merge, same, takeTheirs } from './merge'

const draft = (): Draft => ({
  gtin: '09506000134352',
  name: { en: 'Gin', de: 'Gin' },
  operator: { name: 'Ferrow', country: 'GB' },
  sections: [
    {
      name: 'contents',
      label: { en: 'In the bottle' },
      attributes: [
        { name: 'ingredients', label: { en: 'Ingredients' }, tier: 'public', text: { en: 'Water', de: 'Wasser' } },
        { name: 'energy', label: { en: 'Energy' }, tier: 'public', number: 985, unit: 'KJO' },
        { name: 'materials', label: { en: 'Materials' }, tier: 'authority', list: [{ en: 'Glass' }, { en: 'Cork' }] },
        { name: 'apart', label: { en: 'Apart' }, tier: 'public', link: 'https://ferrow.example/apart' },
      ],
    },
  ],
  documents: [{ name: 'a.txt', title: { en: 'A' }, type: 'text/plain', sha256: 'ab', bytes: 2 }],
})
const attribute = (d: Draft, name: string) => d.sections?.flatMap((s) => s.attributes).find((a) => a.name === name)
const changed = (change: (d: Draft) => void): Draft => {
  const d = draft()
  change(d)
  return d
}

describe('a draft in a form', () => {
  it('comes out as it went in', () => {
    expect(same(fromForm(toForm(draft()), draft()), draft())).toBe(true)
    const bare: Draft = { gtin: '09506000134352', serial: 'S1', ofLot: 'L7' }
    const back = fromForm(toForm(bare), bare)
    expect(back).toMatchObject({ serial: 'S1', ofLot: 'L7', sections: [], documents: [] })
    expect(back.operator).toBeUndefined()
    expect(back.name).toBeUndefined()
  })
  it('keeps the value of the chosen kind alone, and leaves empty texts out', () => {
    const form = toForm(draft())
    Object.assign(form.sections[0]!.attributes[0]!, { kind: 'number', number: '3,5', unit: '%' })
    form.sections[0]!.attributes[2]!.list = [{ en: 'Glass', de: ' ' }, { en: '' }]
    const out = fromForm(form, draft())
    expect(attribute(out, 'ingredients')).toMatchObject({ number: 3.5, unit: '%' })
    expect(attribute(out, 'ingredients')?.text).toBeUndefined()
    expect(attribute(out, 'materials')?.list).toEqual([{ en: 'Glass' }])
  })
  it('reads numbers, names and languages', () => {
    expect(['412', '3,5', '-0.5', '', '1,000,000', 'x'].map(numberOf)).toEqual([412, 3.5, -0.5, undefined, undefined, undefined])
    expect(['Recycled glass, %', 'Énergie pour 100 ml', '原材料', '--'].map(slug)).toEqual(['recycled-glass', 'energie-pour-100-ml', '', ''])
    expect(languagesOf(draft())).toEqual(['en', 'de'])
    expect(languagesOf({ gtin: '1', name: { de: 'Gin', en: 'Gin' } })).toEqual(['en', 'de'])
    expect(place('body.sections[1].attributes[0].label.en')).toBe('sections.1.attributes.0.label.en')
  })
})

describe('two people at one draft', () => {
  it('joins what each changed alone', () => {
    const mine = changed((d) => {
      d.name = { en: 'High Water Gin', de: 'Gin' }
      attribute(d, 'energy')!.number = 990
      d.sections![0]!.attributes.push({ name: 'abv', label: { en: 'Strength' }, tier: 'public', number: 43 })
    })
    const theirs = changed((d) => {
      d.name = { en: 'Gin', de: 'Hochwasser-Gin' }
      attribute(d, 'energy')!.label = { en: 'Energy in 100 ml' }
      d.sections![0]!.attributes = d.sections![0]!.attributes.filter((a) => a.name !== 'apart')
      d.documents = []
    })
    const m = merge(draft(), mine, theirs)
    expect(m.clashes).toEqual([])
    expect(m.draft.name).toEqual({ en: 'High Water Gin', de: 'Hochwasser-Gin' })
    expect(attribute(m.draft, 'energy')).toMatchObject({ number: 990, label: { en: 'Energy in 100 ml' } })
    expect(m.draft.sections?.[0]?.attributes.map((a) => a.name)).toEqual(['ingredients', 'energy', 'materials', 'abv'])
    expect(m.draft.documents).toEqual([])
    expect(m.theirs).toContainEqual(['name', 'de'])
  })
  it('tells where both wrote, keeps mine, and can take theirs', () => {
    const mine = changed((d) => (attribute(d, 'ingredients')!.text = { en: 'Water and wheat', de: 'Wasser' }))
    const theirs = changed((d) => (attribute(d, 'ingredients')!.text = { en: 'Water and rye', de: 'Wasser' }))
    const { draft: joined, clashes } = merge(draft(), mine, theirs)
    expect(clashes).toEqual([{ path: ['sections', 'contents', 'attributes', 'ingredients', 'text', 'en'], mine: 'Water and wheat', theirs: 'Water and rye' }])
    expect(attribute(joined, 'ingredients')?.text?.en).toBe('Water and wheat')
    expect(same(takeTheirs(joined, clashes[0]!), theirs)).toBe(true)
  })
  it('tells when one took out what the other changed', () => {
    const without = changed((d) => (d.sections = []))
    const written = changed((d) => (attribute(d, 'energy')!.number = 1))
    const { draft: joined, clashes } = merge(draft(), without, written)
    expect(joined.sections).toEqual([])
    expect(clashes.map((c) => c.path)).toEqual([['sections', 'contents']])
    expect(same(takeTheirs(joined, clashes[0]!).sections, written.sections)).toBe(true)
    const other = merge(draft(), written, without)
    expect(attribute(other.draft, 'energy')?.number).toBe(1)
    expect(takeTheirs(other.draft, other.clashes[0]!).sections).toEqual([])
  })
  it('puts values into words', () => {
    expect(inWords(draft().sections?.[0]?.attributes[1], 'de')).toBe('Energy 985 KJO')
    expect(inWords({ de: 'Wasser', en: 'Water' }, 'de')).toBe('Wasser')
    expect(inWords(undefined, 'en')).toBe('')
  })
})
