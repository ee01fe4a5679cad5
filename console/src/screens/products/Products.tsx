import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { list, load, type Schema } from '../../api'
import { gtin, localized } from '../../format'
import { Allowed } from '../../shell/states'
import { products as t } from '../../text/products'
import { Command } from '../../ui/Command'
import { CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { Filters } from '../../ui/Filters'
import { Page } from '../../ui/Page'
import { Thumb } from '../../ui/Thumb'
import { rowsOf } from '../../ui/rows'

const route = getRouteApi('/inside/products')

export function Products() {
  return (
    <Page title={t.title} lead={t.lead}>
      <Allowed action="product.read">
        <List />
      </Allowed>
    </Page>
  )
}

function List() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const query = useInfiniteQuery({ ...list('/products', search), placeholderData: keepPreviousData })
  const brands = useQuery(load('/brands', { query: { limit: 100 } }))
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
            key: 'brand',
            label: t.brand,
            options: (brands.data?.items ?? []).map((b) => ({ value: b.slug, label: b.name })),
          },
        ]}
      />
      <div className="card">
        <DataTable<Schema['Product']>
          name={t.title}
          rows={rows}
          more={more}
          error={query.error}
          retry={() => void query.refetch()}
          rowKey={(p) => p.gtin}
          to={(p) => ({ to: '/products/$gtin', params: { gtin: p.gtin } })}
          aside={<CopyCall path="/products" query={search} />}
          empty={
            filtered ? (
              <Empty title={t.noneFiltered}>{t.noneFilteredHint}</Empty>
            ) : (
              <Empty title={t.none} action={<Command>{t.demoCommand}</Command>}>
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
                <span className="row" style={{ flexWrap: 'nowrap' }}>
                  <Thumb src={p.imageUrl} />
                  <span>
                    <Link to="/products/$gtin" params={{ gtin: p.gtin }}>
                      {localized(p.name)}
                    </Link>
                    <span className="meta" style={{ display: 'block' }}>
                      {localized(p.tagline)}
                    </span>
                  </span>
                </span>
              ),
            },
            { key: 'brand', header: t.brand, hide: 'tablet', cell: (p) => p.brand, csv: (p) => p.brand },
            { key: 'gtin', header: t.gtin, hide: 'phone', cell: (p) => <span className="mono">{gtin(p.gtin)}</span>, csv: (p) => p.gtin },
            { key: 'category', header: t.category, hide: 'phone', cell: (p) => p.category, csv: (p) => p.category },
            {
              key: 'markets',
              header: t.markets,
              hide: 'tablet',
              cell: (p) => ((p.markets?.length ?? 0) > 4 ? t.marketsCount(p.markets?.length ?? 0) : p.markets?.join(', ')),
              csv: (p) => p.markets?.join(' '),
            },
          ]}
        />
      </div>
    </>
  )
}
