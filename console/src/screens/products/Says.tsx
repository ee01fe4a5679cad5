import { NativeSelect, Skeleton, Switch } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, client, type Schema } from '../../api'
import { country } from '../../format'
import { presets, type Preset } from '../../search'
import { useCan } from '../../session'
import { products as t } from '../../text/products'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Section } from '../../ui/Page'
import { Said } from '../../ui/Said'
import { Why } from '../../ui/Why'
import { factsFor } from './facts'
import css from './Product.module.css'

const route = getRouteApi('/inside/products/$gtin')

/** What a product says in a state, a market and a language, and why. */
export function Says({ product }: { product: Schema['Product'] }) {
  const { seal: preset = 'sealed', market, locale = 'en' } = route.useSearch()
  const navigate = route.useNavigate()
  const [adult, setAdult] = useState(true)
  const can = useCan()
  const facts = factsFor(product.gtin, preset, market, locale, adult)
  const query = useQuery({
    queryKey: ['/contents/preview', facts],
    queryFn: ({ signal }) => answer(client.POST('/contents/preview', { body: { facts }, signal })),
    placeholderData: keepPreviousData,
    enabled: can('content.read'),
  })
  if (!can('content.read')) return null
  const change = (next: { seal?: Preset; market?: string; locale?: string }) =>
    void navigate({ search: (s) => ({ ...s, ...next }), replace: true, resetScroll: false })
  const languages = [...new Set(['en', ...Object.keys(product.name), ...Object.keys(product.description ?? {})])]
  return (
    <Section title={t.says}>
      <p className="dim measure">{t.saysLead}</p>
      <div className={css.controls}>
        <NativeSelect
          label={t.state}
          value={preset}
          onChange={(e) => change({ seal: e.currentTarget.value as Preset })}
          data={presets.map((p) => ({ value: p, label: t.preset[p] }))}
        />
        <NativeSelect
          label={t.market}
          value={market ?? ''}
          onChange={(e) => change({ market: e.currentTarget.value || undefined })}
          data={[{ value: '', label: t.allMarkets }, ...(product.markets ?? []).map((m) => ({ value: m, label: country(m) }))]}
        />
        <NativeSelect
          label={t.language}
          value={locale}
          onChange={(e) => change({ locale: e.currentTarget.value })}
          data={languages}
        />
        {product.alcohol && (
          <Switch label={t.adult} checked={adult} onChange={(e) => setAdult(e.currentTarget.checked)} mb={8} />
        )}
      </div>
      {query.error && !query.data && <ErrorBox error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Skeleton height={180} radius={12} />}
      {query.data && (
        <div className="stack">
          {query.data.chosen.length === 0 && <Empty title={t.nothingChosen}>{t.nothingChosenHint}</Empty>}
          {query.data.chosen.map((c) => (
            <Said key={c.name} {...c} />
          ))}
          {query.data.why.length > 0 && (
            <div>
              <h3>{t.why}</h3>
              <Why reasons={query.data.why} />
            </div>
          )}
        </div>
      )}
    </Section>
  )
}
