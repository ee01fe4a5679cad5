import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { list, load, type Schema } from '../../api'
import { country, gtin, localized, number } from '../../format'
import { lives, reaches, seals } from '../../search'
import { Allowed } from '../../shell/states'
import { things as t } from '../../text/things'
import { ui } from '../../text/ui'
import { CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { Filters } from '../../ui/Filters'
import { Page } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { AlarmChip, LifeChip, SealChip } from '../../ui/StateChip'
import { Time } from '../../ui/Time'

const route = getRouteApi('/inside/things')

export function Things() {
  return (
    <Page title={t.title} lead={t.lead}>
      <Allowed action="thing.read">
        <List />
      </Allowed>
    </Page>
  )
}

function List() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const query = useInfiniteQuery({ ...list('/things', search), placeholderData: keepPreviousData })
  const products = useQuery(load('/products', { query: { limit: 200 } }))
  const { rows, more } = rowsOf(query)
  const filtered = Object.values(search).some(Boolean)
  const words = (values: readonly string[], names: Record<string, string>) =>
    values.map((v) => ({ value: v, label: names[v] ?? v }))
  return (
    <>
      <Filters
        value={{ ...search, alarm: search.alarm ? 'true' : undefined }}
        onChange={({ alarm, ...next }) =>
          void navigate({
            search: (s) => ({ ...s, ...next, ...(alarm !== undefined || !('alarm' in next) ? { alarm: alarm === 'true' || undefined } : {}) }),
            replace: true,
          })
        }
        fields={[
          { kind: 'text', key: 'q', label: t.search },
          {
            kind: 'choice',
            key: 'gtin',
            label: t.product,
            options: (products.data?.items ?? []).map((p) => ({ value: p.gtin, label: localized(p.name) })),
          },
          { kind: 'choice', key: 'seal', label: t.seal, options: words(seals, ui.seal) },
          { kind: 'choice', key: 'life', label: t.life, options: words(lives, ui.life) },
          { kind: 'choice', key: 'reached', label: t.reached, options: words(reaches, ui.life) },
          { kind: 'choice', key: 'alarm', label: t.alarm, options: [{ value: 'true', label: t.alarmOnly }] },
        ]}
      />
      <div className="card">
        <DataTable<Schema['Thing']>
          name={t.title}
          rows={rows}
          more={more}
          error={query.error}
          retry={() => void query.refetch()}
          rowKey={(r) => r.id}
          to={(r) => ({ to: '/things/$id', params: { id: r.id } })}
          aside={<CopyCall path="/things" query={search} />}
          empty={
            filtered ? (
              <Empty title={t.noneFiltered}>{t.noneFilteredHint}</Empty>
            ) : (
              <Empty title={t.none} action={<Link to="/phone">{t.noneAction}</Link>}>
                {t.noneHint}
              </Empty>
            )
          }
          columns={[
            {
              key: 'thing',
              header: t.thing,
              csv: (r) => r.serial,
              cell: (r) => (
                <span>
                  <Link to="/things/$id" params={{ id: r.id }}>
                    {r.product?.name ?? gtin(r.gtin)}
                  </Link>
                  <span className="mono dim" style={{ display: 'block' }}>
                    {r.serial}
                  </span>
                </span>
              ),
            },
            { key: 'gtin', header: t.product, hide: 'tablet', cell: (r) => <span className="mono dim">{gtin(r.gtin)}</span>, csv: (r) => r.gtin },
            {
              key: 'state',
              header: t.state,
              csv: (r) => `${r.seal} ${r.life}`,
              cell: (r) => (
                <span className="row" style={{ gap: 4 }}>
                  <SealChip seal={r.seal} />
                  {r.life !== 'opened' && <LifeChip life={r.life} />}
                  {r.alarms.length > 0 && <AlarmChip />}
                </span>
              ),
            },
            { key: 'market', header: t.market, hide: 'phone', cell: (r) => (r.market ? country(r.market) : ''), csv: (r) => r.market },
            { key: 'lot', header: t.lot, hide: 'tablet', cell: (r) => r.lot, csv: (r) => r.lot },
            { key: 'taps', header: t.taps, hide: 'phone', number: true, cell: (r) => number(r.taps), csv: (r) => r.taps },
            { key: 'last', header: t.lastTap, hide: 'phone', cell: (r) => <Time at={r.lastTapAt} />, csv: (r) => r.lastTapAt },
          ]}
        />
      </div>
    </>
  )
}
