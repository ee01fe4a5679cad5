import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

// Contrast by WCAG 2.2: text needs 4.5 to 1, graphics and edges of controls 3 to 1.
const source = readFileSync('src/tokens.css', 'utf8')

function tokensOf(selector: string): Record<string, string> {
  const start = source.indexOf(`${selector} {`)
  const block = source.slice(start, source.indexOf('\n}', start))
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9A-Fa-f]{6});/g)].map((m) => [m[1], m[2]]))
}

const schemes = { light: tokensOf(':root'), dark: tokensOf(":root[data-mantine-color-scheme='dark']") }

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

const grounds = ['bg', 'card', 'sunken']
const texts: [string, string[]][] = [
  ['text', grounds],
  ['text-2', grounds],
  ['text-3', grounds],
  ['accent', ['bg', 'card', 'accent-soft']],
  ['on-accent', ['accent', 'accent-hover']],
  ...['good', 'warn', 'bad', 'info'].map((s): [string, string[]] => [s, ['card', `${s}-soft`]]),
  ['text', ['info-soft', 'good-soft', 'accent-soft']],
]

describe.each(Object.entries(schemes))('%s scheme', (_, tokens) => {
  const of = (name: string) => tokens[name] ?? `no token ${name}`

  it.each(texts.flatMap(([text, on]) => on.map((ground) => [text, ground] as const)))('reads %s on %s', (text, ground) => {
    expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5)
  })

  it.each(['bg', 'card'])('shows the edges of controls on %s', (ground) => {
    expect(contrast(of('line-strong'), of(ground))).toBeGreaterThanOrEqual(3)
  })

  it.each([1, 2, 3, 4, 5, 6])('shows chart colour %i on a card', (n) => {
    expect(contrast(of(`chart-${n}`), of('card'))).toBeGreaterThanOrEqual(2.95)
  })

  it('has a ramp that only goes one way', () => {
    const ramp = [1, 2, 3, 4, 5].map((n) => luminance(of(`ramp-${n}`)))
    const sorted = [...ramp].sort((a, b) => a - b)
    expect([sorted, [...sorted].reverse()]).toContainEqual(ramp)
  })
})

it('has the same tokens in both schemes', () => {
  expect(Object.keys(schemes.dark).sort()).toEqual(Object.keys(schemes.light).sort())
})
