import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { live, throttled } from '../live'
import { useCan } from '../session'

// What may look different after an event of a topic. Lists of taps are not here:
// they say "3 new" and wait, so that no row moves under the pointer.
const affected: Record<string, string[]> = {
  tap: ['/overview', '/things/{id}', '/things/{id}/story', '/chips/{id}', '/virtual'],
  thing: ['/overview', '/things/{id}', '/things/{id}/story'],
  product: ['/products', '/products/{key}', '/brands'],
  content: ['/contents', '/contents/{key}', '/contents/preview'],
  link: ['/links', '/links/entry', '/links/history', '/links/try', '/links/checks'],
  tag: ['/keysets', '/keysets/{name}', '/chips', '/chips/{id}'],
  trace: ['/traces/way', '/traces/survey', '/traces/lot', '/epcis/capture'],
  alarm: ['/alarms', '/alarms/{id}', '/alarms/overview', '/alarms/settings'],
  place: ['/places', '/places/one'],
  access: ['/members', '/keys'],
  system: ['/system'],
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
