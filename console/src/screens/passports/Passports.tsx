import { Tabs } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { list, type Schema } from '../../api'
import { gtin, localized } from '../../format'
import { useCan } from '../../session'
import { Allowed } from '../../shell/states'
import { maker } from '../../text/passport-editor'
import { passports as t } from '../../text/passports'
import { Command } from '../../ui/Command'
import { CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { Filters } from '../../ui/Filters'
import { LinkButton } from '../../ui/LinkButton'
import { Page } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { Time } from '../../ui/Time'
import { Grants } from './Grants'
import { Status } from './Status'
import { Uses } from './Uses'

const route = getRouteApi('/inside/passports')

export function Passports() {
  const { tab } = route.useSearch()
  const navigate = route.useNavigate()
  const can = useCan()
  return (
    <Page title={t.title} lead={t.lead} actions={can('passport.write') && <LinkButton to="/passports/new" primary>{maker.make}</LinkButton>}>
      <Allowed action="passport.read">
        <Tabs
          value={tab ?? 'passports'}
          onChange={(v) => void navigate({ search: { tab: v === 'grants' || v === 'log' ? v : undefined } })}
          keepMounted={false}
        >
          <Tabs.List mb={16}>
            <Tabs.Tab value="passports">{t.tabs.passports}</Tabs.Tab>
            {can('passport-grant.read') && <Tabs.Tab value="grants">{t.tabs.grants}</Tabs.Tab>}
            {can('passport-grant.read') && <Tabs.Tab value="log">{t.tabs.log}</Tabs.Tab>}
          </Tabs.List>
          <Tabs.Panel value="passports">
            <List />
          </Tabs.Panel>
          <Tabs.Panel value="grants">
            <Allowed action="passport-grant.read">
              <Grants />
            </Allowed>
          </Tabs.Panel>
          <Tabs.Panel value="log">
            <Allowed action="passport-grant.read">
              <Uses />
            </Allowed>
          </Tabs.Panel>
        </Tabs>
      </Allowed>
    </Page>
  )
}

function List() {
  const { q, status } = route.useSearch()
  const search = { q, status }
  const navigate = route.useNavigate()
  const query = useInfiniteQuery({ ...list('/passports', search), placeholderData: keepPreviousData })
  const { rows, more } = rowsOf(query)
  return (
    <div className="stack">
      <Filters
        value={search}
        onChange={(next) => void navigate({ search: (s) => ({ ...s, ...next }), replace: true })}
        fields={[
          { kind: 'text', key: 'q', label: t.search },
          {
            kind: 'choice',
            key: 'status',
            label: t.state,
            options: (['draft', 'published', 'withdrawn'] as const).map((value) => ({ value, label: t.states[value] })),
          },
        ]}
      />
      <div className="card">
        <DataTable<Schema['Passport']>
          name={t.title}
          rows={rows}
          more={more}
          error={query.error}
          retry={() => void query.refetch()}
          rowKey={(p) => p.digitalLink}
          to={(p) => ({ to: '/passports/$gtin', params: { gtin: p.gtin }, search: { lot: p.lot, serial: p.serial } })}
          aside={<CopyCall path="/passports" query={search} />}
          empty={
            q || status ? (
              <Empty title={t.noneFiltered}>{t.noneFilteredHint}</Empty>
            ) : (
              <Empty title={t.none} action={<Command>{t.command}</Command>}>
                {t.noneHint}
              </Empty>
            )
          }
          columns={[
            {
              key: 'name',
              header: t.name,
              csv: (p) => localized(p.name),
              cell: (p) => (
                <span>
                  <Link to="/passports/$gtin" params={{ gtin: p.gtin }} search={{ lot: p.lot, serial: p.serial }}>
                    {localized(p.name) || t.nameless}
                  </Link>
                  <span className="meta mono" style={{ display: 'block' }}>
                    {gtin(p.gtin)} {p.lot ?? p.serial}
                  </span>
                </span>
              ),
            },
            { key: 'level', header: t.of, hide: 'phone', cell: (p) => t.levels[p.level], csv: (p) => p.level },
            { key: 'state', header: t.state, cell: (p) => <Status status={p.status} />, csv: (p) => p.status },
            { key: 'version', header: t.version, number: true, hide: 'phone', cell: (p) => p.version || '', csv: (p) => p.version },
            { key: 'changed', header: t.changed, hide: 'tablet', cell: (p) => <Time at={p.updatedAt} />, csv: (p) => p.updatedAt },
          ]}
        />
      </div>
    </div>
  )
}
