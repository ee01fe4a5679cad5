// What a change of an entry did, in words.
import type { Schema } from '../../api'
import { links as t } from '../../text/links'
import type { EntryLink } from './anchor'

/** A link without what only answers hold. */
function bare(l: EntryLink): string {
  const { health, whenWords, ...rest } = l
  void health
  void whenWords
  return JSON.stringify(rest, Object.keys(rest).sort())
}

/** "added Recipes, changed Product page"; empty for an entry that came or went whole. */
export function difference(c: Pick<Schema['LinkChange'], 'before' | 'after'>): string {
  const { before, after } = c
  if (!before || !after) return ''
  const old = new Map((before.links ?? []).map((l) => [l.id, l]))
  const now = new Map((after.links ?? []).map((l) => [l.id, l]))
  const parts: string[] = []
  for (const l of after.links ?? []) {
    const was = old.get(l.id)
    if (!was) parts.push(t.history.added(l.title))
    else if (bare(was) !== bare(l) || JSON.stringify(was.when) !== JSON.stringify(l.when)) parts.push(t.history.altered(l.title))
  }
  for (const l of before.links ?? []) if (!now.has(l.id)) parts.push(t.history.gone(l.title))
  if (before.itemDescription !== after.itemDescription) parts.push(t.history.described)
  if (before.handledBy !== after.handledBy) parts.push(t.history.resolver)
  return parts.join(', ') || t.history.nothing
}
