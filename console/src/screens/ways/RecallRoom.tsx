import { Button, TextInput } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { answer, client, fieldErrors, list, load, type Schema } from '../../api'
import { number } from '../../format'
import { useCan } from '../../session'
import { Waiting } from '../../shell/states'
import { ways as t } from '../../text/ways'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Section } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { say } from '../../ui/Undo'
import { LotForm, Numbers } from './Survey'

const route = getRouteApi('/inside/ways')

type Survey = Schema['TraceSurvey']


export function RecallRoom() {
  const { gtin, lot } = route.useSearch()
  return (
    <div className="stack">
      <LotForm label={t.room.choose} go={t.room.go} />
      <div aria-live="polite" className="stack">
        {gtin && lot ? (
          <Room gtin={gtin} lot={lot} />
        ) : (
          <div className="card">
            <Empty title={t.room.none}>{t.room.noneHint}</Empty>
          </div>
        )}
      </div>
    </div>
  )
}

function Room({ gtin, lot }: { gtin: string; lot: string }) {
  const query = useQuery(load('/traces/survey', { query: { gtin, lot } }))
  const items = useInfiniteQuery(list('/traces/lot', { gtin, lot }))
  const { rows, more } = rowsOf(items)
  if (query.error) return <ErrorBox error={query.error} retry={() => void query.refetch()} />
  if (!query.data) return <Waiting />
  const s = query.data
  return (
    <>
      <Force gtin={gtin} lot={lot} />
      {s.items === 0 ? (
        <div className="card">
          <Empty title={t.room.empty}>{t.room.emptyHint}</Empty>
        </div>
      ) : (
        <>
          <Numbers survey={s} />
          <Section
            title={t.room.holders}
            flush
            aside={
              <Button variant="subtle" size="compact-sm" onClick={() => window.print()}>
                {t.room.print}
              </Button>
            }
          >
            <DataTable<Survey['holders'][number]>
              name={`${t.room.holders} ${lot}`}
              rows={s.holders}
              rowKey={(h) => `${h.holder.key} ${h.state}`}
              empty={null}
              columns={[
                {
                  key: 'holder',
                  header: t.room.holder,
                  csv: (h) => h.holder.name || t.room.consumers,
                  cell: (h) => (
                    <span>
                      {h.holder.name || t.room.consumers}
                      {h.holder.key && <span className="meta mono" style={{ display: 'block' }}>{h.holder.key}</span>}
                    </span>
                  ),
                },
                { key: 'state', header: t.room.state, cell: (h) => t.room.states[h.state], csv: (h) => t.room.states[h.state] },
                { key: 'items', header: t.room.items, number: true, cell: (h) => number(h.items), csv: (h) => h.items },
              ]}
            />
          </Section>
          <Section title={t.room.reach}>
            <p>{t.room.reachHint}</p>
          </Section>
          <Section title={t.room.list} flush>
            <DataTable<Schema['TraceItem']>
              name={`${t.room.list} ${lot}`}
              rows={rows}
              more={more}
              error={items.error}
              retry={() => void items.refetch()}
              rowKey={(i) => i.key}
              empty={null}
              columns={[
                {
                  key: 'item',
                  header: t.room.item,
                  csv: (i) => i.id,
                  cell: (i) => (
                    <Link to="/ways" search={{ id: i.id, tab: 'way' }} className="mono" style={{ overflowWrap: 'anywhere' }}>
                      {i.key.split('/').pop() ?? i.key}
                    </Link>
                  ),
                },
                { key: 'step', header: t.room.step, cell: (i) => t.words(i.state.step ?? ''), csv: (i) => i.state.step },
                { key: 'place', header: t.room.place, hide: 'phone', cell: (i) => i.state.placeName ?? i.state.place?.replace('https://id.gs1.org', '') ?? '', csv: (i) => i.state.place },
              ]}
            />
          </Section>
        </>
      )}
    </>
  )
}

/** The recall of the lot: whether it is in force, and the way in and out. */
function Force({ gtin, lot }: { gtin: string; lot: string }) {
  const may = useCan()
  const queries = useQueryClient()
  const anchor = `/01/${gtin.padStart(14, '0')}/10/${encodeURIComponent(lot)}`
  const entry = useQuery(load('/links', { query: { prefix: anchor, limit: 20 } }))
  const recalled = entry.data?.items.some((e) => e.anchor === anchor && e.recalled) ?? false
  const refresh = () => queries.invalidateQueries({ predicate: (q) => String(q.queryKey[0]).startsWith('/links') })
  const start = useMutation({
    mutationFn: (body: Schema['Recall']) => answer(client.PUT('/links/recall', { params: { query: { anchor } }, body })),
    onSuccess: () => {
      say(t.room.started)
      return refresh()
    },
  })
  const end = useMutation({
    mutationFn: () => answer(client.DELETE('/links/recall', { params: { query: { anchor } } })),
    onSuccess: () => {
      say(t.room.ended)
      return refresh()
    },
  })
  const wrong = fieldErrors(start.error)
  const at = (field: string) => wrong[field] ?? Object.entries(wrong).find(([path]) => path.endsWith(field))?.[1]
  return (
    <Section title={t.room.recall}>
      {entry.error && <ErrorBox error={entry.error} retry={() => void entry.refetch()} />}
      {entry.data && (
        <div className="stack">
          <p role="status" style={recalled ? { color: 'var(--bad)', fontWeight: 600 } : undefined}>
            {recalled ? t.room.inForce : t.room.notInForce}
          </p>
          {(start.error ?? end.error) && <ErrorBox error={start.error ?? end.error} />}
          {may('link.recall') && recalled && (
            <div>
              <Button variant="default" loading={end.isPending} onClick={() => end.mutate()}>
                {t.room.end}
              </Button>
            </div>
          )}
          {may('link.recall') && !recalled && (
            <form
              className="stack"
              onSubmit={(e) => {
                e.preventDefault()
                const form = new FormData(e.currentTarget)
                start.mutate({ href: String(form.get('href') ?? '').trim(), title: String(form.get('title') ?? '').trim() })
              }}
            >
              <TextInput name="href" label={t.room.href} required withAsterisk={false} inputMode="url" autoComplete="off" error={at('href')} />
              <TextInput name="title" label={t.room.text} placeholder={t.room.textExample(lot)} required withAsterisk={false} error={at('title')} />
              <div>
                <Button type="submit" variant="default" loading={start.isPending}>
                  {t.room.start}
                </Button>
              </div>
            </form>
          )}
        </div>
      )}
    </Section>
  )
}
