import { describe, expect, it } from 'vitest'
import { links, remembered, visited } from './visit'

const bottle = { lastUrl: '/t/k1?c=4', counter: 4 }

describe('the links of a bottle', () => {
  it('begin with what the server remembers, after a reload', () => {
    expect(links(remembered(bottle))).toMatchObject([{ url: '/t/k1?c=4', counter: 4 }])
    expect(remembered({ counter: 0 })).toEqual([])
  })
  it('keep the remembered one when the bottle is tapped', () => {
    const once = visited([], { kind: 'tap', url: '/t/k1?c=5', counter: 5 }, bottle)
    const twice = visited(once, { kind: 'tap', url: '/t/k1?c=6', counter: 6 }, { lastUrl: '/t/k1?c=5', counter: 5 })
    expect(links(twice).map((v) => v.counter)).toEqual([6, 5, 4])
    expect(new Set(twice.map((v) => v.n)).size).toBe(3)
  })
  it('name a link once when the server knows of it first', () => {
    expect(links(visited([], { kind: 'tap', url: bottle.lastUrl, counter: 4 }, bottle))).toHaveLength(1)
  })
  it('keep a link that is opened again', () => {
    const visits = visited([], { kind: 'replay', url: bottle.lastUrl, counter: 4 }, bottle)
    expect(visits[0]).toMatchObject({ kind: 'replay', n: 1 })
    expect(links(visits)).toHaveLength(1)
  })
})
