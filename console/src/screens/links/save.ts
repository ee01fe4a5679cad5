import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { answer, client } from '../../api'
import { links as t } from '../../text/links'
import { offerUndo } from '../../ui/Undo'
import type { Entry } from './anchor'

/** Asks again for everything that shows links. */
export const refreshLinks = (queries: QueryClient): Promise<void> =>
  queries.invalidateQueries({ predicate: (q) => /^\/links(\/(entry|history|try|checks))?$/.test(String(q.queryKey[0])) })

export const undoChange = (seq: string, forgetLater = false) =>
  answer(client.POST('/links/undo', { body: { seq, forgetLater } }))

/** Puts a whole entry, on the condition that nobody changed it since it was read. */
export function useSave(done?: (saved: Entry) => void, words: string = t.entry.saved) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (e: Entry) =>
      answer(
        client.PUT('/links/entry', {
          params: {
            query: { anchor: e.anchor },
            header: e.version ? { 'If-Match': `"${e.version}"` } : { 'If-None-Match': '*' },
          },
          body: e,
        }),
      ),
    onSuccess: (saved, sent) => {
      if (saved.version !== sent.version) {
        offerUndo(words, () => undoChange(String(saved.version)).then(() => refreshLinks(queries)))
      }
      done?.(saved)
      return refreshLinks(queries)
    },
  })
}
