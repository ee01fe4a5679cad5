// Anchors in words. An anchor is "/01/09506000134352/10/LOT/21/{serial}".
import type { Schema } from '../../api'
import { gtin } from '../../format'
import { links as t } from '../../text/links'

export type Entry = Schema['LinkEntry']
export type EntryLink = Schema['EntryLink']

const names = t.identifiers as Record<string, string>

function plain(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value // not escaped as it should be
  }
}

/** Pairs of identifier and value. */
export function pairs(anchor: string): [string, string][] {
  const parts = anchor.replace(/^\//, '').split('/')
  const out: [string, string][] = []
  for (let i = 0; i + 1 < parts.length; i += 2) out.push([parts[i] ?? '', plain(parts[i + 1] ?? '')])
  return out
}

/** "GTIN 0 9506000 13435 2 · lot L3 · any serial". */
export function inWords(anchor: string): string {
  return pairs(anchor)
    .map(([ai, value]) => {
      const name = names[ai] ?? `(${ai})`
      if (value.endsWith('*')) return t.beginsWith(name, value.slice(0, -1))
      if (/^\{.*\}$/.test(value)) return `${t.anyValue} ${name}`
      return `${name} ${ai === '01' ? gtin(value) : value}`
    })
    .join(' · ')
}

/** The path of the key alone, under which its lots and serials stand. */
export const keyOf = (anchor: string): string => anchor.split('/').slice(0, 3).join('/')

/** The places that addresses and titles of an anchor may hold. */
export function places(anchor: string): string[] {
  if (anchor.endsWith('*')) return ['{0}', '{1}']
  return pairs(anchor).map(([, v]) => v).filter((v) => /^\{.*\}$/.test(v))
}

/** A link of the resolver that this anchor answers, to begin trying with. */
export function exampleOf(anchor: string): string {
  if (anchor.startsWith('/*/')) return ''
  return anchor.replace(/\{[^}]*\}/g, '1').replace(/\*$/, '1')
}

export const isPublic = (l: EntryLink): boolean => l.public !== false
export const always = (l: EntryLink): boolean => isPublic(l) && !l.from && !l.until && !l.when
export const isBroken = (l: EntryLink): boolean => l.health?.ok === false

/** The link that answers when nothing is asked for and nothing is special. */
export const defaultOf = (e: Entry): EntryLink | undefined =>
  e.links?.find((l) => l.linktype === 'gs1:recallStatus' && isPublic(l)) ?? e.links?.find((l) => l.default && always(l))

/** An entry with one link changed, added (index -1) or taken out (link undefined). */
export function withLink(e: Entry, index: number, link: EntryLink | undefined): Entry {
  let all = [...(e.links ?? [])]
  if (link?.default && always(link)) all = all.map((l, i) => (i !== index && l.default && always(l) ? { ...l, default: undefined } : l))
  if (!link) all.splice(index, 1)
  else if (index < 0) all.push(link)
  else all[index] = link
  const multis = all.filter((l) => l.multi).length
  if (multis === 1) all = all.map((l) => ({ ...l, multi: undefined }))
  return { ...e, links: all }
}
