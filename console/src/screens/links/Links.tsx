import { Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { IconAlertOctagon, IconArrowForwardUp, IconCircleCheck, IconLinkOff } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { base, list, load } from '../../api'
import { useCan } from '../../session'
import { Allowed } from '../../shell/states'
import { links as t } from '../../text/links'
import { CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { Filters } from '../../ui/Filters'
import { LinkButton } from '../../ui/LinkButton'
import { Page } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { StateChip } from '../../ui/StateChip'
import { Time } from '../../ui/Time'
import { defaultOf, inWords, isBroken, type Entry } from './anchor'
import { NewEntry } from './NewEntry'

const route = getRouteApi('/inside/links')

export function Links() {
  const can = useCan()
  const [making, setMaking] = useState(false)
  const create = can('link.write') && <Button onClick={() => setMaking(true)}>{t.newEntry}</Button>
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={
        <>
          {can('tap.read') && <LinkButton to="/links/scans">{t.scans}</LinkButton>}
          {can('link.read') && <LinkButton to="/links/checks">{t.checks}</LinkButton>}
          {can('link.write') && <LinkButton to="/links/import">{t.importFile}</LinkButton>}
          {create}
        </>
      }
    >
      <Allowed action="link.read">
        <List create={create} />
      </Allowed>
      {making && <NewEntry close={() => setMaking(false)} />}
    </Page>
  )
}

/** All entries that the filters choose, in the form that an import reads. */
function exportOf(search: Record<string, string | undefined>): string {
  const query = new URLSearchParams({ format: 'csv' })
  for (const [name, value] of Object.entries(search)) if (value) query.set(name, value)
  return `${base}/links/export?${query}`
}

function List({ create }: { create: React.ReactNode }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const query = useInfiniteQuery({ ...list('/links', search), placeholderData: keepPreviousData })
  const types = useQuery({ ...load('/links/types'), staleTime: Infinity })
  const { rows, more } = rowsOf(query)
  const filtered = Object.values(search).some(Boolean)
  return (
    <>
      <Filters
        value={search}
        onChange={(next) => void navigate({ search: (s) => ({ ...s, ...next }), replace: true })}
        fields={[
          { kind: 'text', key: 'q', label: t.search },
          { kind: 'text', key: 'gtin', label: t.gtin },
          {
            kind: 'choice',
            key: 'type',
            label: t.type,
            options: (types.data?.types ?? []).filter((l) => !l.reserved).map((l) => ({ value: l.type, label: l.title })),
          },
        ]}
      />
      <div className="card">
        <DataTable<Entry>
          name={t.title}
          rows={rows}
          more={more}
          error={query.error}
          retry={() => void query.refetch()}
          rowKey={(e) => e.anchor}
          to={(e) => ({ to: '/links/entry', search: { anchor: e.anchor } })}
          aside={
            <>
              <Button component="a" variant="subtle" size="compact-sm" href={exportOf(search)} download>
                {t.exportFile}
              </Button>
              <CopyCall path="/links" query={search} />
            </>
          }
          empty={
            filtered ? (
              <Empty title={t.noneFiltered}>{t.noneFilteredHint}</Empty>
            ) : (
              <Empty title={t.none} action={create}>
                {t.noneHint}
              </Empty>
            )
          }
          columns={[
            {
              key: 'about',
              header: t.about,
              csv: (e) => e.itemDescription,
              cell: (e) => (
                <span>
                  <Link to="/links/entry" search={{ anchor: e.anchor }}>
                    {e.itemDescription}
                  </Link>
                  <span className="meta" style={{ display: 'block' }}>
                    {inWords(e.anchor)}
                  </span>
                </span>
              ),
            },
            { key: 'anchor', header: t.anchor, hide: 'tablet', csv: (e) => e.anchor, cell: (e) => <span className="mono">{e.anchor}</span> },
            { key: 'leads', header: t.leads, hide: 'phone', csv: (e) => defaultOf(e)?.href ?? e.handledBy, cell: (e) => <Leads entry={e} /> },
            { key: 'links', header: t.linksHeader, hide: 'phone', number: true, csv: (e) => e.links?.length ?? 0, cell: (e) => e.links?.length ?? 0 },
            { key: 'state', header: t.state, cell: (e) => <EntryState entry={e} /> },
            { key: 'changed', header: t.changed, hide: 'tablet', csv: (e) => e.updatedAt, cell: (e) => e.updatedAt && <Time at={e.updatedAt} /> },
          ]}
        />
      </div>
    </>
  )
}

/** The default link, or what stands in for it. */
export function Leads({ entry: e }: { entry: Entry }) {
  const link = defaultOf(e)
  if (link) return <span>{link.title}</span>
  return <span className="dim">{e.handledBy ? t.handedOver : t.inherits}</span>
}

export function EntryState({ entry: e }: { entry: Entry }) {
  const broken = e.links?.filter(isBroken).length ?? 0
  return (
    <span className="row" style={{ gap: 6 }}>
      {e.recalled && (
        <StateChip icon={IconAlertOctagon} tone="bad">
          {t.recalled}
        </StateChip>
      )}
      {broken > 0 && (
        <StateChip icon={IconLinkOff} tone="warn">
          {t.broken(broken)}
        </StateChip>
      )}
      {!e.recalled && broken === 0 && (
        <StateChip icon={e.handledBy ? IconArrowForwardUp : IconCircleCheck}>{e.handledBy ? t.handedOver : t.fine}</StateChip>
      )}
    </span>
  )
}
