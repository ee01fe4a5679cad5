// A condition as the server writes it, read as nested sentences.
import { rule as t } from '../../text/content'

export type RuleNode = { text: string; children: RuleNode[] }

type Tree = Record<string, unknown>

const leaf = (text: string): RuleNode => ({ text, children: [] })
const options = new Set(['fact', 'property', 'within', 'for'])

function value(v: unknown): string {
  if (typeof v === 'boolean') return v ? t.yes : t.no
  return String(v)
}

function values(test: string, v: unknown): string {
  if (!Array.isArray(v)) return value(v)
  const words = v.map(value)
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} ${test === 'between' ? t.and : t.or} ${words.at(-1)}`
}

function sentence(node: Tree): string {
  const name = String(node.fact ?? node.property ?? '')
  const says = (t.facts as Record<string, string>)[name] ?? name
  const tests = Object.entries(node).filter(([key]) => !options.has(key))
  const words = tests.map(([test, v]) => {
    const known = (t.tests as Record<string, (v: string) => string>)[test]
    return known ? known(values(test, v)) : t.other(test, values(test, v))
  })
  return `${says} ${words.join(` ${t.and} `)}`.trim()
}

/** The rule as a tree of sentences; undefined for none, which means always. */
export function ruleTree(condition: unknown): RuleNode | undefined {
  if (!condition || typeof condition !== 'object' || Array.isArray(condition)) return undefined
  const node = condition as Tree
  if (Object.keys(node).length === 0) return undefined
  for (const op of ['all', 'any'] as const) {
    const kids = node[op]
    if (!Array.isArray(kids)) continue
    const children = kids.map(ruleTree).filter((c) => c !== undefined)
    return children.length === 1 ? children[0] : { text: t[op], children }
  }
  if (node.not) {
    const child = ruleTree(node.not)
    return { text: t.not, children: child ? [child] : [] }
  }
  return leaf(sentence(node))
}

/** The same in one line, for a list. */
export function ruleLine(node: RuleNode | undefined): string {
  if (!node) return t.always
  if (node.children.length === 0) return node.text
  const joint = node.text === t.any ? `, ${t.or} ` : ` ${t.and} `
  const inner = node.children.map(ruleLine).join(joint)
  return node.text === t.not ? `${t.not.toLowerCase()} (${inner})` : inner
}
