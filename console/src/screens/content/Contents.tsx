import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { IconCalendarEvent } from '@tabler/icons-react'
import { list, load, type Schema } from '../../api'
import { localized, number } from '../../format'
import { Allowed } from '../../shell/states'
import { content as t } from '../../text/content'
import { Copy, CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { Filters } from '../../ui/Filters'
import { Page } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { StateChip } from '../../ui/StateChip'
import { ruleLine, ruleTree } from './rule'

const route = getRouteApi('/inside/content')

export function Contents() {
  return (
    <Page title={t.title} lead={t.lead}>
      <Allowed action="content.read">
        <List />
      </Allowed>
    </Page>
  )
}

/** The title in the reader's language, or any. */
export function titleOf(c: Schema['Content']): string {
  const titles = Object.fromEntries(Object.entries(c.texts).map(([locale, text]) => [locale, text.title]))
  return localized(titles) || t.untitled
}

function List() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const query = useInfiniteQuery({ ...list('/contents', search), placeholderData: keepPreviousData })
  const products = useQuery(load('/products', { query: { limit: 200 } }))
  const { rows, more } = rowsOf(query)
  const filtered = Object.values(search).some(Boolean)
  return (
    <>
      <Filters
        value={search}
        onChange={(next) => void navigate({ search: (s) => ({ ...s, ...next }), replace: true })}
        fields={[
          { kind: 'text', key: 'q', label: t.search },
          {
            kind: 'choice',
            key: 'product',
            label: t.product,
            options: (products.data?.items ?? []).map((p) => ({ value: p.gtin, label: localized(p.name) })),
          },
        ]}
      />
      <div className="card">
        <DataTable<Schema['Content']>
          name={t.title}
          rows={rows}
          more={more}
          error={query.error}
          retry={() => void query.refetch()}
          rowKey={(c) => c.name}
          to={(c) => ({ to: '/content/$name', params: { name: c.name } })}
          aside={<CopyCall path="/contents" query={search} />}
          empty={
            filtered ? (
              <Empty title={t.noneFiltered}>{t.noneFilteredHint}</Empty>
            ) : (
              <Empty title={t.none} action={<Copy value={t.demoCommand} label={t.demoCommand} />}>
                {t.noneHint}
              </Empty>
            )
          }
          columns={[
            {
              key: 'name',
              header: t.name,
              csv: (c) => c.name,
              cell: (c) => (
                <span>
                  <Link to="/content/$name" params={{ name: c.name }}>
                    {titleOf(c)}
                  </Link>
                  <span className="mono dim" style={{ display: 'block' }}>
                    {c.name}
                  </span>
                </span>
              ),
            },
            { key: 'when', header: t.when, hide: 'phone', csv: inWords, cell: (c) => <When content={c} /> },
            { key: 'for', header: t.applies, hide: 'tablet', csv: (c) => c.products?.join(' '), cell: appliesTo },
            { key: 'languages', header: t.languages, hide: 'phone', cell: (c) => Object.keys(c.texts).join(', '), csv: (c) => Object.keys(c.texts).join(' ') },
            { key: 'priority', header: t.priority, number: true, cell: (c) => number(c.priority ?? 0), csv: (c) => c.priority },
          ]}
        />
      </div>
    </>
  )
}

/** The rule as the server says it; by our own reading where it says nothing. */
function inWords(c: Schema['Content']): string {
  return c.whenWords ?? ruleLine(ruleTree(c.when))
}

function When({ content: c }: { content: Schema['Content'] }) {
  return (
    <span className="row" style={{ gap: 6 }}>
      {inWords(c)}
      {c.ageGated && <StateChip icon={IconCalendarEvent}>{t.ageGated}</StateChip>}
    </span>
  )
}

export function appliesTo(c: Schema['Content']): string {
  const parts = [...(c.brands ?? []), ...(c.categories ?? [])]
  if (c.products?.length) parts.push(t.productsCount(c.products.length))
  return parts.join(', ') || t.everything
}
