import { useSyncExternalStore } from 'react'
import { ago, exactly, moment, utc } from '../format'

// One clock for every time on the screen, and only while one is shown.
const listeners = new Set<() => void>()
let now = new Date()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(fn: () => void): () => void {
  listeners.add(fn)
  timer ??= setInterval(() => {
    now = new Date()
    for (const each of listeners) each()
  }, 10_000)
  return () => {
    listeners.delete(fn)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

export const useNow = (): Date => useSyncExternalStore(subscribe, () => now)

/** The exact time, and beside it how long ago; the same instant in UTC on hover. */
export function Time({ at, relative = true }: { at?: string; relative?: boolean }) {
  const current = useNow()
  if (!at) return null
  return (
    <time dateTime={at} title={`${exactly(at)} · ${utc(at)}`} style={{ whiteSpace: 'nowrap' }}>
      {moment(at, current)}
      {relative && <span className="meta">{` · ${ago(at, current)}`}</span>}
    </time>
  )
}
