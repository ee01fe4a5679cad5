// A draft as a form holds it, and how two people's drafts come together.
import type { Schema } from '../../api'

export type Draft = Schema['PassportDocument']
export type Section = Schema['PassportSection']
export type Attribute = Schema['PassportAttribute']
export type FileInfo = Schema['PassportFileInfo']
export type Words = Record<string, string>
export type Tier = NonNullable<Attribute['tier']>
export type Params = { path: { gtin: string }; query: { lot?: string; serial?: string } }

export const tiers = ['public', 'legitimate', 'authority'] as const satisfies readonly Tier[]
export const kinds = ['text', 'number', 'list', 'link'] as const
export type Kind = (typeof kinds)[number]

/** An attribute with every kind of value, of which one counts. */
export type FormAttribute = {
  id: string // of the row on this screen only
  name: string
  label: Words
  tier: Tier
  kind: Kind
  text: Words
  number: string
  unit: string
  list: Words[]
  link: string
  term: string
}
export type FormSection = { id: string; name: string; label: Words; attributes: FormAttribute[] }
export type Operator = { [K in keyof Required<Schema['PassportOperator']>]: string }
export type Facility = { [K in keyof Required<Schema['PassportFacility']>]: string }
export type Form = {
  name: Words
  description: Words
  ofLot: string
  operator: Operator
  facility: Facility
  sections: FormSection[]
  documents: FileInfo[]
}

let made = 0
const fresh = () => `row-${++made}`

export const newAttribute = (): FormAttribute => ({
  id: fresh(), name: '', label: {}, tier: 'public', kind: 'text', text: {}, number: '', unit: '', list: [{}], link: '', term: '',
})
export const newSection = (): FormSection => ({ id: fresh(), name: '', label: {}, attributes: [] })

const kindOf = (a: Attribute): Kind => (a.number !== undefined ? 'number' : a.list ? 'list' : a.link ? 'link' : 'text')

export function toForm(d: Draft): Form {
  const o = d.operator
  const f = d.facility
  return {
    name: d.name ?? {},
    description: d.description ?? {},
    ofLot: d.ofLot ?? '',
    operator: {
      name: o?.name ?? '', gln: o?.gln ?? '', eori: o?.eori ?? '', address: o?.address ?? '',
      country: o?.country ?? '', email: o?.email ?? '', phone: o?.phone ?? '', url: o?.url ?? '',
    },
    facility: { name: f?.name ?? '', gln: f?.gln ?? '', country: f?.country ?? '' },
    sections: (d.sections ?? []).map((s) => ({
      id: fresh(), name: s.name, label: s.label,
      attributes: s.attributes.map((a) => ({
        id: fresh(), name: a.name, label: a.label, tier: a.tier ?? 'public', kind: kindOf(a), text: a.text ?? {},
        number: a.number === undefined ? '' : String(a.number), unit: a.unit ?? '', list: a.list ?? [{}], link: a.link ?? '', term: a.term ?? '',
      })),
    })),
    documents: d.documents ?? [],
  }
}

/** The texts that say something; undefined when none does. */
export function said(w: Words): Words | undefined {
  const kept = Object.entries(w).filter(([, text]) => text.trim() !== '')
  return kept.length > 0 ? Object.fromEntries(kept.map(([tag, text]) => [tag, text.trim()])) : undefined
}

function filled<T extends Record<string, string>>(values: T): T | undefined {
  const kept = Object.entries(values).filter(([, v]) => v.trim() !== '')
  return kept.length > 0 ? (Object.fromEntries(kept.map(([k, v]) => [k, v.trim()])) as T) : undefined
}

/** "3,5" is 3.5 as people write it; undefined when it is no number. */
export function numberOf(text: string): number | undefined {
  const n = Number(text.trim().replace(/^([-+]?\d+),(\d+)$/, '$1.$2'))
  return text.trim() === '' || !Number.isFinite(n) ? undefined : n
}

function attributeOf(a: FormAttribute): Attribute {
  const out: Attribute = { name: a.name.trim(), label: said(a.label) ?? {}, tier: a.tier, term: a.term.trim() || undefined }
  if (a.kind === 'text') out.text = said(a.text)
  if (a.kind === 'number') Object.assign(out, { number: numberOf(a.number), unit: a.unit.trim() || undefined })
  if (a.kind === 'list') out.list = a.list.map(said).filter((l) => l !== undefined)
  if (a.kind === 'link') out.link = a.link.trim() || undefined
  return out
}

/** The draft that a form makes of the one it began with. */
export function fromForm(f: Form, began: Draft): Draft {
  const operator = filled(f.operator)
  return {
    gtin: began.gtin, lot: began.lot, serial: began.serial, validFrom: began.validFrom,
    ofLot: f.ofLot.trim() || undefined,
    name: said(f.name),
    description: said(f.description),
    operator: operator && { ...operator, name: operator.name ?? '' },
    facility: filled(f.facility),
    sections: f.sections.map((s) => ({ name: s.name.trim(), label: said(s.label) ?? {}, attributes: s.attributes.map(attributeOf) })),
    documents: f.documents.map((d) => ({ ...d, title: said(d.title) ?? {}, language: d.language?.trim() || undefined })),
  }
}

/** A name for machines out of words: "Recycled glass, %" is "recycled-glass". */
export const slug = (words: string): string =>
  words.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 60).replace(/^-+|-+$/g, '')

/** The languages that a draft speaks, the most spoken first; English before its equals. */
export function languagesOf(value: unknown, counts: Record<string, number> = {}): string[] {
  const visit = (v: unknown, key: string) => {
    if (Array.isArray(v)) v.forEach((one) => visit(one, key))
    else if (v && typeof v === 'object') {
      for (const [k, inner] of Object.entries(v)) {
        if (['name', 'description', 'label', 'text', 'list', 'title'].includes(key) && typeof inner === 'string') counts[k] = (counts[k] ?? 0) + 1
        else visit(inner, k)
      }
    }
  }
  visit(value, '')
  const first = (tag: string) => (tag === 'en' ? 0 : 1)
  return Object.keys(counts).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || first(a) - first(b))
}

/** Where a problem stands in a form: "body.sections[0].label" is "sections.0.label". */
export const place = (location: string): string => location.replace(/^(body\.)+/, '').replace(/\[(\d+)\]/g, '.$1')
