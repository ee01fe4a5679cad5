// One stream of events for the tab. Events carry references, never rows: whoever
// shows a row asks for it again.
import { useEffect, useSyncExternalStore } from 'react'

export type LiveEvent = { topic: string; id: string; seq: number; at: string; kind: string; ref?: string }
export type Connection = 'connecting' | 'open' | 'lost'

type Source = Pick<EventSource, 'close' | 'readyState'> & {
  onopen: (() => void) | null
  onerror: (() => void) | null
  onmessage: ((m: { data: string }) => void) | null
  addEventListener(name: 'reset', fn: () => void): void
}

/** Live keeps the stream open for as long as somebody listens. */
export class Live {
  private source?: Source
  private listeners = new Set<(e: LiveEvent | 'reset') => void>()
  private watchers = new Set<() => void>()
  private retry?: ReturnType<typeof setTimeout>
  private failures = 0
  connection: Connection = 'connecting'

  constructor(private open: () => Source) {}

  listen(fn: (e: LiveEvent | 'reset') => void): () => void {
    this.listeners.add(fn)
    if (!this.source && !this.retry) this.connect()
    return () => {
      this.listeners.delete(fn)
      if (this.listeners.size === 0) this.stop()
    }
  }

  watch = (fn: () => void): (() => void) => {
    this.watchers.add(fn)
    return () => void this.watchers.delete(fn)
  }

  private set(connection: Connection) {
    if (this.connection === connection) return
    this.connection = connection
    for (const fn of this.watchers) fn()
  }

  private connect() {
    this.retry = undefined
    const source = this.open()
    this.source = source
    source.onopen = () => {
      // What happened while the line was down is not in this stream's past when the
      // server forgot our place, so everything is asked for again.
      if (this.failures > 0) this.tell('reset')
      this.failures = 0
      this.set('open')
    }
    source.onerror = () => {
      this.failures++
      this.set('lost')
      // A browser retries a broken line by itself, but gives up for good when the
      // answer was an error, as from a server that is starting.
      if (source.readyState === 2 && this.source === source) {
        this.source = undefined
        this.retry = setTimeout(() => this.connect(), Math.min(1000 * 2 ** Math.min(this.failures, 4), 15_000))
      }
    }
    source.onmessage = (m) => {
      try {
        this.tell(JSON.parse(m.data) as LiveEvent)
      } catch {
        // a message that cannot be read says nothing
      }
    }
    source.addEventListener('reset', () => this.tell('reset'))
  }

  private tell(e: LiveEvent | 'reset') {
    for (const fn of this.listeners) fn(e)
  }

  private stop() {
    clearTimeout(this.retry)
    this.retry = undefined
    this.source?.close()
    this.source = undefined
    this.failures = 0
    this.set('connecting')
  }
}

export const live = new Live(() => new EventSource('/api/v1/live') as unknown as Source)

export const useConnection = (): Connection => useSyncExternalStore(live.watch, () => live.connection)

export function useLive(fn: (e: LiveEvent | 'reset') => void): void {
  useEffect(() => live.listen(fn), [fn])
}

/** Runs a function at most once in an interval, and once more for what came in between. */
export function throttled(fn: () => void, ms: number): { (): void; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let again = false
  const run = () => {
    if (timer) {
      again = true
      return
    }
    fn()
    timer = setTimeout(() => {
      timer = undefined
      if (again) {
        again = false
        run()
      }
    }, ms)
  }
  run.cancel = () => {
    clearTimeout(timer)
    timer = undefined
    again = false
  }
  return run
}
