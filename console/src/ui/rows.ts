import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'

type Page<T> = { items: T[]; next?: string }

/** The rows of all pages so far, and how to get more. */
export function rowsOf<T>(query: UseInfiniteQueryResult<InfiniteData<Page<T>>, Error>) {
  return {
    rows: query.data?.pages.flatMap((p) => p.items),
    more: { has: query.hasNextPage, busy: query.isFetchingNextPage, load: () => void query.fetchNextPage() },
  }
}
