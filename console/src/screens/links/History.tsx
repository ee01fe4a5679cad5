import { Button, Modal, Skeleton } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, client, list, Problem, type Schema } from '../../api'
import { useCan } from '../../session'
import { links as t } from '../../text/links'
import { ui } from '../../text/ui'
import { ErrorBox } from '../../ui/ErrorBox'
import { Section } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { Time } from '../../ui/Time'
import { say, sayProblem } from '../../ui/Undo'
import { difference } from './difference'
import { refreshLinks, undoChange } from './save'
import css from './Links.module.css'

type Change = Schema['LinkChange']

/** The number of the newest change of an entry, to undo it. */
export async function lastChange(anchor: string): Promise<string | undefined> {
  const page = await answer(client.GET('/links/history', { params: { query: { anchor, limit: 1 } } }))
  return page.items[0]?.seq
}

export function History({ anchor }: { anchor: string }) {
  const can = useCan()
  const queries = useQueryClient()
  const query = useInfiniteQuery(list('/links/history', { anchor, limit: 10 }))
  const { rows, more } = rowsOf(query)
  const [later, setLater] = useState<Change>()
  const undo = useMutation({
    mutationFn: ({ change, force }: { change: Change; force?: boolean }) => undoChange(change.seq, force),
    onSuccess: () => {
      setLater(undefined)
      say(t.history.undone)
      return refreshLinks(queries)
    },
    onError: (error, { change }) => {
      if (error instanceof Problem && error.status === 409) setLater(change)
      else sayProblem(error)
    },
  })
  return (
    <Section title={t.history.title}>
      {query.error && !rows && <ErrorBox error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Skeleton height={80} radius={12} />}
      {rows?.length === 0 && <p className="dim">{t.history.none}</p>}
      <ul>
        {rows?.map((c) => {
          const words = difference(c)
          return (
            <li key={c.seq} className={css.change} data-action={c.action}>
              <span>
                <strong>{t.history.action[c.action]}</strong> {c.by && <span className="dim">{t.history.by(c.by.name)}</span>}
                {words && <span style={{ display: 'block' }}>{words}</span>}
                <span className="meta" style={{ display: 'block' }}>
                  <Time at={c.at} />
                </span>
              </span>
              {can('link.write') && (
                <Button
                  variant="default"
                  size="compact-sm"
                  className={css.narrow}
                  aria-label={t.history.undoOf(words || t.history.action[c.action])}
                  loading={undo.isPending && undo.variables.change.seq === c.seq}
                  onClick={() => undo.mutate({ change: c })}
                >
                  {t.history.undo}
                </Button>
              )}
            </li>
          )
        })}
      </ul>
      {more.has && (
        <Button variant="default" size="xs" loading={more.busy} onClick={more.load}>
          {ui.more}
        </Button>
      )}
      {later && (
        <Modal opened onClose={() => setLater(undefined)} title={t.history.laterTitle} closeButtonProps={{ 'aria-label': ui.close }}>
          <div className="stack">
            <p>{t.history.laterHint}</p>
            <div className="row">
              <Button loading={undo.isPending} onClick={() => undo.mutate({ change: later, force: true })}>
                {t.history.goAhead}
              </Button>
              <Button variant="default" onClick={() => setLater(undefined)}>
                {ui.cancel}
              </Button>
            </div>
          </div>
        </Modal>
      )}
    </Section>
  )
}
