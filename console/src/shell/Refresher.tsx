import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { live, throttled } from '../live'
import { useCan } from '../session'

// What may look different after an event of a topic. Lists of taps are not here:
// they say "3 new" and wait, so that no row moves under the pointer.
const affected: Record<string, string[]> = {
  tap: ['/api/v1/overview', '/api/v1/things/{id}', '/api/v1/things/{id}/story', '/api/v1/chips/{id}', '/api/v1/virtual'],
  thing: ['/api/v1/overview', '/api/v1/things/{id}', '/api/v1/things/{id}/story'],
  product: ['/api/v1/products', '/api/v1/products/{gtin}', '/api/v1/brands'],
  content: ['/api/v1/contents', '/api/v1/contents/{name}', '/api/v1/contents/preview'],
  tag: ['/api/v1/keysets', '/api/v1/keysets/{name}', '/api/v1/chips', '/api/v1/chips/{id}'],
  access: ['/api/v1/members', '/api/v1/keys'],
  system: ['/api/v1/system'],
}

/** Asks again for what an event touched, at most every two seconds. */
export function Refresher() {
  const queries = useQueryClient()
  const can = useCan()
  const allowed = can('live.read')
  useEffect(() => {
    if (!allowed) return
    let stale = new Set<string>()
    const refresh = throttled(() => {
      const now = stale
      stale = new Set()
      void queries.invalidateQueries({ predicate: (q) => now.has(String(q.queryKey[0])) })
    }, 2000)
    const stop = live.listen((e) => {
      if (e === 'reset') {
        void queries.invalidateQueries()
        return
      }
      for (const path of affected[e.topic] ?? []) stale.add(path)
      refresh()
    })
    return () => {
      stop()
      refresh.cancel()
    }
  }, [queries, allowed])
  return null
}
