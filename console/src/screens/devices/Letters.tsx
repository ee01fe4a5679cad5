import { Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { answer, client, list, type Schema } from '../../api'
import { number } from '../../format'
import { useCan } from '../../session'
import { Allowed } from '../../shell/states'
import { devices as t } from '../../text/devices'
import { CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Filters } from '../../ui/Filters'
import { Page } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { Time } from '../../ui/Time'
import { say } from '../../ui/Undo'

const route = getRouteApi('/inside/devices/letters')

type Letter = Schema['DeadLetter']

export function Letters() {
  return (
    <Page title={t.letters.title} lead={t.letters.lead} back={{ to: '/devices', label: t.title }}>
      <Allowed action="device.read">
        <All />
      </Allowed>
    </Page>
  )
}

function All() {
  const may = useCan()
  const queries = useQueryClient()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const query = useInfiniteQuery({ ...list('/dead-letters', { state: search.state ?? 'open' }), placeholderData: keepPreviousData })
  const { rows, more } = rowsOf(query)
  const settle = useMutation({
    mutationFn: ({ id, how }: { id: string; how: 'replay' | 'drop' }) => answer<unknown>(how === 'replay' ? client.POST('/dead-letters/{id}/replay', { params: { path: { id } } }) : client.POST('/dead-letters/{id}/drop', { params: { path: { id } } })),
    onSuccess: (_, { how }) => {
      say(how === 'replay' ? t.letters.replayed : t.letters.dropped)
      return queries.invalidateQueries({ queryKey: ['/dead-letters'] })
    },
  })
  return (
    <>
      <Filters
        value={search}
        onChange={(next) => void navigate({ search: (s) => ({ ...s, ...next }), replace: true })}
        fields={[{ kind: 'choice', key: 'state', label: t.state, options: (['open', 'replayed', 'dropped'] as const).map((s) => ({ value: s, label: t.letters.states[s] })) }]}
      />
      {settle.error && <ErrorBox error={settle.error} />}
      <div className="card">
        <DataTable<Letter>
          name={t.letters.title}
          rows={rows}
          more={more}
          error={query.error}
          retry={() => void query.refetch()}
          rowKey={(l) => l.id}
          aside={<CopyCall path="/dead-letters" query={{ state: search.state ?? 'open' }} />}
          empty={<Empty title={t.letters.none}>{t.letters.noneHint}</Empty>}
          columns={[
            {
              key: 'reason',
              header: t.letters.reason,
              csv: (l) => l.reason,
              cell: (l) => (
                <>
                  {l.reason}
                  <br />
                  <Link to="/devices/$brand/$name" params={{ brand: l.deviceId.split('/')[0], name: l.deviceId.split('/')[1] } as never} className="meta mono">
                    {l.deviceId}
                  </Link>
                </>
              ),
            },
            { key: 'message', header: t.letters.message, hide: 'tablet', csv: (l) => l.body, cell: (l) => <code style={{ overflowWrap: 'anywhere' }}>{l.body.length > 120 ? `${l.body.slice(0, 120)}…` : l.body}</code> },
            { key: 'times', header: t.letters.times, number: true, csv: (l) => l.times, cell: (l) => number(l.times) },
            { key: 'last', header: t.letters.last, hide: 'phone', csv: (l) => l.lastAt, cell: (l) => <Time at={l.lastAt} /> },
            {
              key: 'act',
              header: '',
              cell: (l) =>
                l.state === 'open' &&
                may('device.write') && (
                  <span className="row">
                    <Button size="compact-xs" variant="default" loading={settle.isPending && settle.variables?.id === l.id} onClick={() => settle.mutate({ id: l.id, how: 'replay' })}>
                      {t.letters.replay}
                    </Button>
                    <Button size="compact-xs" variant="subtle" onClick={() => settle.mutate({ id: l.id, how: 'drop' })}>
                      {t.letters.drop}
                    </Button>
                  </span>
                ),
            },
          ]}
        />
      </div>
    </>
  )
}
