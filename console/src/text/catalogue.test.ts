import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { count, pseudo, pseudoTree, type Tree } from './catalogue'

const src = join(process.cwd(), 'src')
const modules = import.meta.glob<Record<string, unknown>>(['./*.ts', '!./catalogue.ts', '!./*.test.ts'], { eager: true })

function leaves(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] => {
    const at = path ? `${path}.${key}` : key
    if (typeof value === 'string') return [[at, value]]
    if (typeof value === 'function') return [[at, String((value as (...a: unknown[]) => string)('7', '7'))]]
    return leaves(value, at)
  })
}

const catalogues = Object.entries(modules).flatMap(([file, exported]) =>
  Object.entries(exported)
    .filter(([, value]) => typeof value === 'object')
    .map(([name, value]) => ({ name: `${file}: ${name}`, tree: value as Tree })),
)

describe.each(catalogues)('$name', ({ tree }) => {
  it('is longer by 40 % in the pseudo-locale', () => {
    const long = new Map(leaves(pseudoTree(tree)))
    for (const [key, text] of leaves(tree)) {
      expect(long.get(key)?.length, key).toBeGreaterThanOrEqual(text.length * 1.4)
    }
  })

  it('speaks in sentence case, without exclamation marks', () => {
    for (const [key, text] of leaves(tree)) {
      expect(text, key).not.toMatch(/!/)
      // Two capitalised words after another are a title; names of things of ours are not.
      const plain = text.replace(/\b(API|CSV|JSON|YAML|URL|GTIN|UTC|MB|NDEF|UID|AES|LRP|AN10922|OpenAPI|SQLite|PostgreSQL|Natural Earth|Tagline)\b/g, 'x')
      expect(plain, key).not.toMatch(/(?<![.:?·/]) [A-Z][a-z]+ [A-Z][a-z]+/)
    }
  })
})

describe('words in the code', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.tsx') && !f.includes('.test.'))
  const spoken = new Set(['title', 'label', 'placeholder', 'aria-label', 'alt', 'description'])

  it.each(files)('%s leaves them to the catalogue', (file) => {
    const text = readFileSync(join(src, file), 'utf8')
    const found: string[] = []
    const visit = (node: ts.Node) => {
      if (ts.isJsxText(node) && /[A-Za-z]{2}/.test(node.text)) found.push(node.text.trim())
      if (ts.isJsxAttribute(node) && node.initializer && ts.isStringLiteral(node.initializer)) {
        if (spoken.has(node.name.getText()) && /[A-Za-z]{2}/.test(node.initializer.text)) found.push(node.initializer.text)
      }
      ts.forEachChild(node, visit)
    }
    const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
    visit(parsed)
    expect(found, file).toEqual(file.endsWith('Shell.tsx') ? ['Ctrl K'] : [])
  })
})

it('counts in words', () => {
  expect(count(1, 'thing', 'things')).toBe('1 thing')
  expect(count(0, 'thing', 'things')).toBe('0 things')
  expect(count(2400, 'thing', 'things')).toBe('2,400 things')
})

it('keeps what is not a letter in the pseudo-locale', () => {
  expect(pseudo('a 1')).toBe('á 1··')
})
