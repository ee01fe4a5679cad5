import { describe, expect, it, vi } from 'vitest'
import { forPage, Sequence } from './shortcuts'

const press = (target: HTMLElement, init: KeyboardEventInit) => {
  document.body.append(target)
  let seen: KeyboardEvent | undefined
  const listen = (e: KeyboardEvent) => (seen = e)
  document.addEventListener('keydown', listen)
  target.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, ...init }))
  document.removeEventListener('keydown', listen)
  return seen as KeyboardEvent
}

describe('a shortcut', () => {
  it.each(['input', 'textarea', 'select'])('does not fire in a %s', (tag) => {
    expect(forPage(press(document.createElement(tag), { key: 'd' }))).toBe(false)
  })
  it('does not fire in a dialog', () => {
    const dialog = document.createElement('div')
    dialog.setAttribute('role', 'dialog')
    expect(forPage(press(dialog, { key: 'd' }))).toBe(false)
  })
  it('leaves the browser its own keys', () => {
    expect(forPage(press(document.createElement('div'), { key: 'd', ctrlKey: true }))).toBe(false)
    expect(forPage(press(document.createElement('div'), { key: 'd' }))).toBe(true)
  })
})

describe('a sequence', () => {
  const table = () => {
    const go = vi.fn()
    const dark = vi.fn()
    return { go, dark, sequence: new Sequence(() => [{ keys: 'g t', run: go }, { keys: 'd', run: dark }]) }
  }
  it('is a key after g', () => {
    const { go, sequence } = table()
    expect(sequence.press('g', 0)).toBe(false)
    expect(sequence.press('t', 500)).toBe(true)
    expect(go).toHaveBeenCalledOnce()
  })
  it('is forgotten after a while', () => {
    const { go, sequence } = table()
    sequence.press('g', 0)
    sequence.press('t', 2000)
    expect(go).not.toHaveBeenCalled()
  })
  it('does not swallow a single key in between', () => {
    const { dark, sequence } = table()
    sequence.press('g', 0)
    sequence.press('x', 100)
    sequence.press('d', 200)
    expect(dark).toHaveBeenCalledOnce()
  })
})
