// Two people changed the same draft: what each did alone is joined, what both did
// differently is told.
import type { Draft } from './draft'

type Json = undefined | string | number | boolean | Json[] | { [key: string]: Json }
type Named = { name: string } & { [key: string]: Json }

/** A place where both wrote: what stands there by each. Undefined: it is gone. */
export type Clash = { path: string[]; mine: unknown; theirs: unknown }
export type Merge = { draft: Draft; clashes: Clash[]; theirs: string[][] }

const isObject = (v: Json): v is { [key: string]: Json } => typeof v === 'object' && v !== null && !Array.isArray(v)
const isNamed = (v: Json): v is Named[] => Array.isArray(v) && v.length > 0 && v.every((e) => isObject(e) && typeof e.name === 'string')

/** Whether two values say the same; a key without a value is no key. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((v, i) => same(v, b[i]))
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b || Array.isArray(a) !== Array.isArray(b)) return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((k) => same((a as Record<string, unknown>)[k], (b as Record<string, unknown>)[k]))
}

const byName = (list: Json): Map<string, Named> => new Map(isNamed(list) ? list.map((e) => [e.name, e]) : [])

/**
 * Joins a draft of mine with the one that is there now, both made of base. Where both
 * wrote, mine stands; sections, attributes and documents are followed by their names.
 */
export function merge(base: Draft, mine: Draft, theirs: Draft): Merge {
  const clashes: Clash[] = []
  const taken: string[][] = []
  const join = (b: Json, m: Json, t: Json, path: string[]): Json => {
    if (same(m, t) || same(b, t)) return m
    if (same(b, m)) {
      taken.push(path)
      return t
    }
    const lists = [b, m, t].every((v) => v === undefined || (Array.isArray(v) && v.length === 0) || isNamed(v))
    if (lists && (isNamed(m) || isNamed(t))) {
      const [was, my, their] = [byName(b), byName(m), byName(t)]
      const names = new Set([...my.keys(), ...their.keys()])
      const joined = [...names].flatMap((name) => {
        const one = join(was.get(name), my.get(name), their.get(name), [...path, name])
        return one === undefined ? [] : [one]
      })
      return joined
    }
    if (isObject(m) && isObject(t)) {
      const keys = new Set([...Object.keys(m), ...Object.keys(t)])
      const old = isObject(b) ? b : {}
      return Object.fromEntries([...keys].map((k) => [k, join(old[k], m[k], t[k], [...path, k])]))
    }
    clashes.push({ path, mine: m, theirs: t })
    return m
  }
  const draft = join(base as Json, mine as Json, theirs as Json, []) as Draft
  return { draft, clashes, theirs: taken }
}

/** The draft with what they wrote in a place. */
export function takeTheirs(draft: Draft, clash: Clash): Draft {
  const put = (v: Json, path: string[]): Json => {
    const [step, ...rest] = path
    if (step === undefined) return clash.theirs as Json
    if (Array.isArray(v)) {
      const list = v as Named[]
      const at = list.findIndex((e) => e.name === step)
      const one = put(at < 0 ? undefined : list[at], rest)
      if (one === undefined) return list.filter((_, i) => i !== at)
      return at < 0 ? [...list, one as Named] : list.map((e, i) => (i === at ? (one as Named) : e))
    }
    return { ...(isObject(v) ? v : {}), [step]: put(isObject(v) ? v[step] : undefined, rest) }
  }
  return put(draft as Json, clash.path) as Draft
}

/** A value in a line, for people. */
export function inWords(v: unknown, language: string): string {
  if (v === undefined || v === null) return ''
  if (Array.isArray(v)) return v.map((e) => inWords(e, language)).filter(Boolean).join(', ')
  if (typeof v !== 'object') return String(v)
  const o = v as Record<string, unknown>
  if (o.label) return [inWords(o.label, language), inWords(o.text ?? o.number ?? o.list ?? o.link ?? o.attributes, language), o.unit].filter(Boolean).join(' ')
  if (o.title) return inWords(o.title, language)
  return String(o[language] ?? o.en ?? o.name ?? Object.values(o).find((e) => typeof e === 'string') ?? '')
}
