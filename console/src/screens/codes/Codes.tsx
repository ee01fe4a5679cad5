import { Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { load, type Schema } from '../../api'
import type { CodesSearch } from '../../search'
import { useCan } from '../../session'
import { Allowed, Waiting } from '../../shell/states'
import { print as t } from '../../text/print'
import { products as tp } from '../../text/products'
import { Command } from '../../ui/Command'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Page } from '../../ui/Page'
import { Batch } from './Batch'
import { elementString, lookQuery } from './code'
import { Look } from './Look'
import { Preview } from './Preview'
import { What } from './What'
import css from './Codes.module.css'

const route = getRouteApi('/inside/codes')

export type Change = (next: Partial<CodesSearch>) => void

export function Codes() {
  return (
    <Page title={t.title} lead={t.lead}>
      <Allowed action="product.read">
        <Desk />
      </Allowed>
    </Page>
  )
}

function Desk() {
  const stated = route.useSearch()
  const navigate = route.useNavigate()
  const can = useCan()
  const products = useQuery(load('/products', { query: { limit: 200 } }))
  const change: Change = (next) => void navigate({ search: (s) => ({ ...s, ...next }), replace: true, resetScroll: false })
  if (products.error && !products.data) return <ErrorBox error={products.error} retry={() => void products.refetch()} />
  if (!products.data) return <Waiting />
  const items = products.data.items
  const search = stated.of || stated.gtin ? stated : { ...stated, gtin: items[0]?.gtin }
  return (
    <Tabs
      value={stated.tab ?? 'one'}
      onChange={(v) => void navigate({ search: (s) => ({ ...s, tab: v === 'batch' ? 'batch' : undefined }) })}
      keepMounted={false}
    >
      <Tabs.List mb={16}>
        <Tabs.Tab value="one">{t.tabs.one}</Tabs.Tab>
        {can('thing.read') && <Tabs.Tab value="batch">{t.tabs.batch}</Tabs.Tab>}
      </Tabs.List>
      <Tabs.Panel value="one">
        {items.length === 0 && !search.of ? (
          <NoProducts other />
        ) : (
          <One search={search} products={items} change={change} />
        )}
      </Tabs.Panel>
      <Tabs.Panel value="batch">
        <Allowed action="thing.read">
          {items.length === 0 ? <NoProducts /> : <Batch search={{ ...search, gtin: search.gtin ?? items[0]?.gtin }} products={items} change={change} />}
        </Allowed>
      </Tabs.Panel>
    </Tabs>
  )
}

function NoProducts({ other }: { other?: boolean }) {
  return (
    <div className="card">
      <Empty title={tp.none} action={<Command>{tp.demoCommand}</Command>}>
        <p>{tp.noneHint}</p>
        {other && (
          <p>
            <Link to="/codes" search={{ of: 'other' }}>
              {t.anotherKey}
            </Link>
          </p>
        )}
      </Empty>
    </div>
  )
}

type OneProps = { search: CodesSearch; products: Schema['Product'][]; change: Change }

function One({ search, products, change }: OneProps) {
  const data = search.of ? (search.data ?? '') : elementString(search)
  return (
    <div className={css.desk}>
      <What search={search} products={products} change={change} />
      <Preview query={{ ...lookQuery(search), data }} />
      <Look search={search} change={change} />
    </div>
  )
}
