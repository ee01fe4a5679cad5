import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Live, throttled } from './live'

class Line {
  static open: Line[] = []
  readyState = 0
  closed = false
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  onmessage: ((m: { data: string }) => void) | null = null
  reset?: () => void
  constructor() {
    Line.open.push(this)
  }
  addEventListener(_: 'reset', fn: () => void) {
    this.reset = fn
  }
  close() {
    this.closed = true
  }
}

const tap = { topic: 'tap', id: 'evt_1', seq: 1, at: '2026-03-05T12:00:00Z', kind: 'tap.verified' }

beforeEach(() => {
  vi.useFakeTimers()
  Line.open = []
})
afterEach(() => vi.useRealTimers())

describe('the live line', () => {
  it('is one for all listeners, and closes with the last', () => {
    const live = new Live(() => new Line())
    const stops = [live.listen(() => {}), live.listen(() => {})]
    expect(Line.open).toHaveLength(1)
    stops[0]?.()
    expect(Line.open[0]?.closed).toBe(false)
    stops[1]?.()
    expect(Line.open[0]?.closed).toBe(true)
  })

  it('hands on what it reads, and survives what it cannot read', () => {
    const live = new Live(() => new Line())
    const heard: unknown[] = []
    live.listen((e) => heard.push(e))
    Line.open[0]?.onmessage?.({ data: 'no json' })
    Line.open[0]?.onmessage?.({ data: JSON.stringify(tap) })
    Line.open[0]?.reset?.()
    expect(heard).toEqual([tap, 'reset'])
  })

  it('opens again after an answer that was an error, slower each time', () => {
    const live = new Live(() => new Line())
    live.listen(() => {})
    const fail = () => {
      const line = Line.open.at(-1)
      if (line) line.readyState = 2
      line?.onerror?.()
    }
    fail()
    expect(live.connection).toBe('lost')
    vi.advanceTimersByTime(2000)
    expect(Line.open).toHaveLength(2)
    fail()
    vi.advanceTimersByTime(2000)
    expect(Line.open).toHaveLength(2)
    vi.advanceTimersByTime(2000)
    expect(Line.open).toHaveLength(3)
  })

  it('asks for everything again once it is back', () => {
    const live = new Live(() => new Line())
    const heard: unknown[] = []
    live.listen((e) => heard.push(e))
    const line = Line.open[0]
    line?.onopen?.()
    expect(heard).toEqual([])
    line?.onerror?.()
    line?.onopen?.()
    expect(heard).toEqual(['reset'])
    expect(live.connection).toBe('open')
  })
})

it('runs at most once in an interval, and once more for what came in between', () => {
  const ran = vi.fn()
  const run = throttled(ran, 1000)
  for (let i = 0; i < 100; i++) run()
  expect(ran).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(1000)
  expect(ran).toHaveBeenCalledTimes(2)
  vi.advanceTimersByTime(5000)
  expect(ran).toHaveBeenCalledTimes(2)
})
