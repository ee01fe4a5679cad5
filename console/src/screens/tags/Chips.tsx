import { Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { IconCircleCheck, IconCircleDashed, IconCircleOff, IconFlask } from '@tabler/icons-react'
import { answer, client, list, load, type Schema } from '../../api'
import { number } from '../../format'
import { useCan } from '../../session'
import { Allowed } from '../../shell/states'
import { tags as t } from '../../text/tags'
import { ui } from '../../text/ui'
import { CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { Filters } from '../../ui/Filters'
import { LinkButton } from '../../ui/LinkButton'
import { Page } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { StateChip } from '../../ui/StateChip'
import { Time } from '../../ui/Time'
import { offerUndo, sayProblem } from '../../ui/Undo'

const route = getRouteApi('/inside/tags/chips')
const statuses = ['registered', 'active', 'blocked'] as const

export function Chips() {
  return (
    <Page title={t.list.title} lead={t.list.lead} back={{ to: '/tags', label: t.title }}>
      <Allowed action="tag.read">
        <List />
      </Allowed>
    </Page>
  )
}

function List() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const can = useCan()
  const query = useInfiniteQuery({ ...list('/chips', search), placeholderData: keepPreviousData })
  const sets = useQuery(load('/keysets', { query: { limit: 200 } }))
  const { rows, more } = rowsOf(query)
  const filtered = Object.values(search).some(Boolean)
  return (
    <>
      <Filters
        value={search}
        onChange={(next) => void navigate({ search: (s) => ({ ...s, ...next }), replace: true })}
        fields={[
          { kind: 'text', key: 'q', label: t.list.search },
          { kind: 'choice', key: 'set', label: t.list.set, options: (sets.data?.items ?? []).map((s) => ({ value: s.name, label: s.name })) },
          { kind: 'choice', key: 'status', label: t.list.status, options: statuses.map((s) => ({ value: s, label: t.list.statuses[s] })) },
        ]}
      />
      <div className="card">
        <DataTable<Schema['Chip']>
          name={t.list.title}
          rows={rows}
          more={more}
          error={query.error}
          retry={() => void query.refetch()}
          rowKey={(c) => c.id}
          aside={<CopyCall path="/chips" query={search} />}
          empty={
            filtered ? (
              <Empty title={t.list.noneFiltered} />
            ) : (
              <Empty title={t.list.none} action={can('tag.write') && <LinkButton to="/tags/import">{t.importChips}</LinkButton>}>
                {t.list.noneHint}
              </Empty>
            )
          }
          columns={[
            {
              key: 'thing',
              header: t.list.thing,
              csv: (c) => c.thing?.serial,
              cell: (c) =>
                c.thing ? (
                  <Link to="/things/$id" params={{ id: c.thing.id }} className="mono">
                    {c.thing.serial}
                  </Link>
                ) : null,
            },
            { key: 'chip', header: t.list.chip, hide: 'phone', cell: (c) => <code>{c.uid}</code>, csv: (c) => c.uid },
            { key: 'set', header: t.list.set, hide: 'phone', cell: (c) => `${c.set} · ${c.epoch}`, csv: (c) => c.set },
            { key: 'status', header: t.list.status, csv: (c) => c.status, cell: (c) => <Status chip={c} /> },
            {
              key: 'counter',
              header: t.list.counter,
              number: true,
              hide: 'tablet',
              csv: (c) => c.lastCounter,
              cell: (c) => (c.lastCounter === undefined ? '' : number(c.lastCounter)),
            },
            { key: 'last', header: t.list.lastTap, hide: 'tablet', cell: (c) => <Time at={c.lastTapAt} />, csv: (c) => c.lastTapAt },
            { key: 'act', header: ui.actions, cell: (c) => can('tag.write') && <Block chip={c} /> },
          ]}
        />
      </div>
    </>
  )
}

const icons = { registered: IconCircleDashed, active: IconCircleCheck, blocked: IconCircleOff }
const tones = { registered: 'neutral', active: 'good', blocked: 'bad' } as const

function Status({ chip }: { chip: Schema['Chip'] }) {
  return (
    <span className="row" style={{ gap: 4 }}>
      <StateChip icon={icons[chip.status]} tone={tones[chip.status]}>
        {t.list.statuses[chip.status]}
      </StateChip>
      {chip.virtual && (
        <StateChip icon={IconFlask} tone="warn">
          {t.list.virtual}
        </StateChip>
      )}
    </span>
  )
}

/** Blocks at once, and offers to take it back. */
function Block({ chip }: { chip: Schema['Chip'] }) {
  const queries = useQueryClient()
  const set = async (blocked: boolean) => {
    const init = { params: { path: { id: chip.id } }, body: {} }
    await answer<unknown>(blocked ? client.POST('/chips/{id}/block', init) : client.POST('/chips/{id}/unblock', init))
    await queries.invalidateQueries({ queryKey: ['/chips'] })
  }
  const block = chip.status !== 'blocked'
  const act = useMutation({
    mutationFn: () => set(block),
    onSuccess: () => offerUndo(block ? t.list.blocked : t.list.unblocked, () => set(!block)),
    onError: sayProblem,
  })
  return (
    <Button variant="default" size="compact-sm" loading={act.isPending} onClick={() => act.mutate()}>
      {block ? t.list.block : t.list.unblock}
    </Button>
  )
}
