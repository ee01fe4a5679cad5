// Who is signed in, and what they may do. The API decides; the console hides by it.
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import { answer, client, Problem, type Schema } from './api'

export type Session = Schema['Session']

/** The session, or null when nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['/session'],
  staleTime: 60_000,
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await answer(client.GET('/session', { signal }))
    } catch (e) {
      if (e instanceof Problem && e.status === 401) return null
      throw e
    }
  },
})

/** The session inside the shell, where there always is one. */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery)
  if (!data) throw new Problem(401, 'unauthenticated', 'Nobody is signed in', '')
  return data
}

// A page ends its session once. What it still reads while it leaves is refused, and
// must not turn the way out into a way back to this place.
let leaving = false

/** Signs out. The page is loaded anew, so that nothing read stays in memory. */
export async function endSession(): Promise<void> {
  leaving = true
  try {
    await answer(client.DELETE('/session'))
  } catch (e) {
    leaving = false
    throw e
  }
  location.assign('/console/sign-in')
}

/** A session that ended by itself leads to the sign-in, and back to this place afterwards. */
export function sessionLost(): void {
  const place = location.pathname.slice('/console'.length) + location.search
  if (leaving || place.startsWith('/sign-in')) return
  location.assign(`/console/sign-in?${new URLSearchParams({ next: place })}`)
}

export function useCan(): (action: string) => boolean {
  const { actor } = useSession()
  return (action) => (actor.actions as string[]).includes(action)
}
