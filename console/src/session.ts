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

export function useCan(): (action: string) => boolean {
  const { actor } = useSession()
  return (action) => (actor.actions as string[]).includes(action)
}
