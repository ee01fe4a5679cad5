import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCan } from '../../session'
import { Waiting } from '../../shell/states'
import { ways as t } from '../../text/ways'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Section } from '../../ui/Page'
import { say, sayProblem } from '../../ui/Undo'
import { queries, removeQuery, removeSubscription, subscriptions } from './epcis'

/** The named queries with who is subscribed to them. */
export function Queries() {
  const query = useQuery({ queryKey: ['/epcis/queries'], queryFn: ({ signal }) => queries(signal) })
  if (query.error) return <ErrorBox error={query.error} retry={() => void query.refetch()} />
  if (!query.data) return <Waiting />
  if (query.data.length === 0) {
    return (
      <div className="card">
        <Empty title={t.queries.none}>{t.queries.noneHint}</Empty>
      </div>
    )
  }
  return (
    <div className="stack">
      {query.data.map((q) => (
        <One key={q.name} name={q.name} query={q.query} />
      ))}
    </div>
  )
}

function One({ name, query }: { name: string; query: unknown }) {
  const may = useCan()('trace.query')
  const client = useQueryClient()
  const subs = useQuery({ queryKey: ['/epcis/queries', name], queryFn: ({ signal }) => subscriptions(name, signal) })
  const after = () => {
    say(t.queries.removed)
    return client.invalidateQueries({ queryKey: ['/epcis/queries'] })
  }
  const drop = useMutation({ mutationFn: () => removeQuery(name), onSuccess: after, onError: sayProblem })
  const end = useMutation({ mutationFn: (id: string) => removeSubscription(name, id), onSuccess: after, onError: sayProblem })
  return (
    <Section
      title={name}
      aside={
        may && (
          <Button variant="subtle" size="compact-sm" loading={drop.isPending} onClick={() => drop.mutate()} aria-label={`${t.queries.remove}: ${name}`}>
            {t.queries.remove}
          </Button>
        )
      }
    >
      <pre className="mono" style={{ overflowX: 'auto' }} tabIndex={0} aria-label={`${t.queries.query}: ${name}`}>
        {JSON.stringify(query, null, 2)}
      </pre>
      {subs.error && <ErrorBox error={subs.error} />}
      {subs.data && subs.data.length > 0 && (
        <ul className="stack-s" aria-label={`${t.queries.subscriptions}: ${name}`}>
          {subs.data.map((s) => (
            <li key={s.subscriptionID} className="row">
              <span className="mono" style={{ overflowWrap: 'anywhere' }}>{s.dest ?? s.subscriptionID}</span>
              {s['tagline:state'] && <span className="meta">{s['tagline:state']}</span>}
              {s['tagline:reason'] && <span className="meta">{s['tagline:reason']}</span>}
              {may && (
                <Button variant="subtle" size="compact-xs" onClick={() => end.mutate(s.subscriptionID)} aria-label={`${t.queries.remove}: ${s.subscriptionID}`}>
                  {t.queries.remove}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
