// The body of content is a list of blocks: a heading, a text, items, steps, facts.
// A kind that this console does not know yet shows the words in it rather than nothing.
type Words = { kind: 'text' | 'heading'; text: string }
type Items = { kind: 'list' | 'steps'; items: string[] }
export type Block = Words | Items

export function blocksOf(body: unknown): Block[] {
  if (typeof body === 'string') return body ? [{ kind: 'text', text: body }] : []
  if (!Array.isArray(body)) return []
  return body.flatMap(blockOf)
}

function blockOf(b: unknown): Block[] {
  if (typeof b === 'string') return [{ kind: 'text', text: b }]
  if (!b || typeof b !== 'object') return []
  return Object.entries(b).flatMap(([key, value]): Block[] => {
    if (Array.isArray(value)) return [{ kind: key === 'steps' ? 'steps' : 'list', items: value.map(words).filter(Boolean) }]
    if (typeof value === 'string') return [{ kind: key === 'heading' ? 'heading' : 'text', text: value }]
    return blockOf(value)
  })
}

function words(v: unknown): string {
  if (typeof v === 'string' || typeof v === 'number') return String(v)
  if (Array.isArray(v)) return v.map(words).join(' ')
  if (v && typeof v === 'object') {
    const { label, value } = v as { label?: string; value?: string }
    return label && value ? `${label}: ${value}` : Object.values(v).map(words).join(' ')
  }
  return ''
}
