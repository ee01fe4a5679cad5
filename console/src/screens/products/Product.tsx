import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { load, type Schema } from '../../api'
import { useCan } from '../../session'
import { country, gtin, localized, percent } from '../../format'
import { PassportOf } from '../../shell/PassportOf'
import { Allowed, Waiting } from '../../shell/states'
import { products as t } from '../../text/products'
import { ErrorBox } from '../../ui/ErrorBox'
import { Facts } from '../../ui/Facts'
import { LinkButton } from '../../ui/LinkButton'
import { Page, Section } from '../../ui/Page'
import { Stat } from '../../ui/Stat'
import { Thumb } from '../../ui/Thumb'
import { Time } from '../../ui/Time'
import { Says } from './Says'
import css from './Product.module.css'

const route = getRouteApi('/inside/products/$gtin')
const back = { to: '/products', label: t.title }

export function Product() {
  const { gtin: id } = route.useParams()
  const can = useCan()
  const query = useQuery(load('/products/{key}', { path: { key: id } }))
  const p = query.data
  if (!p) {
    return (
      <Page title={gtin(id)} back={back}>
        <Allowed action="product.read">
          {query.error ? <ErrorBox error={query.error} retry={() => void query.refetch()} /> : <Waiting />}
        </Allowed>
      </Page>
    )
  }
  return (
    <Page
      title={localized(p.name)}
      lead={localized(p.tagline)}
      back={back}
      actions={
        <>
          {can('link.read') && (
            <LinkButton to="/links" search={{ gtin: p.gtin }}>
              {t.links}
            </LinkButton>
          )}
          <LinkButton to="/codes" search={{ gtin: p.gtin }}>
            {t.codes}
          </LinkButton>
        </>
      }
    >
      <Counts product={p} />
      <div className="two">
        <Says product={p} />
        <div className="stack">
          <Section title={t.about}>
            <div className={css.about}>
              <Thumb src={p.imageUrl} large />
              <p className="dim">{localized(p.description)}</p>
            </div>
            <About product={p} />
          </Section>
          {(p.origin?.length ?? 0) > 0 && (
            <Section title={t.origin}>
              <Facts items={(p.origin ?? []).map((o) => [localized(o.label), localized(o.value)])} />
            </Section>
          )}
        </div>
      </div>
    </Page>
  )
}

function Counts({ product: p }: { product: Schema['Product'] }) {
  const c = p.counts
  if (!c) return null
  const of = (n: number) => t.ofThings(percent(n, c.things) || '0%')
  return (
    <div className={css.counts}>
      <Stat label={t.things} value={c.things} note={t.everTapped} to="/things" search={{ gtin: p.gtin }} />
      <Stat label={t.sealed} value={c.sealed} note={of(c.sealed)} to="/things" search={{ gtin: p.gtin, seal: 'sealed' }} />
      <Stat label={t.opened} value={c.opened} note={of(c.opened)} to="/things" search={{ gtin: p.gtin, reached: 'opened' }} />
      <Stat label={t.drained} value={c.drained} note={of(c.drained)} to="/things" search={{ gtin: p.gtin, reached: 'drained' }} />
      <Stat label={t.taps} value={c.taps} note={t.everTapped} to="/taps" search={{ gtin: p.gtin }} />
    </div>
  )
}

function About({ product: p }: { product: Schema['Product'] }) {
  return (
    <Facts
      items={[
        [t.gtin, <span className="mono">{gtin(p.gtin)}</span>],
        [t.brand, p.brand],
        [t.category, p.category],
        [t.volume, p.volume],
        [t.abv, p.alcohol ? `${p.abv ?? ''} %` : t.alcoholNone],
        [t.markets, p.markets?.map(country).join(', ')],
        [t.model, p.model],
        [t.lasts, p.lastsDays ? t.days(p.lastsDays) : undefined],
        [
          t.next,
          p.next && (
            <Link to="/products/$gtin" params={{ gtin: p.next }} search={{}}>
              {gtin(p.next)}
            </Link>
          ),
        ],
        [t.offer, p.offer && `${localized(p.offer.label)} · ${p.offer.href}`],
        [t.passport, <PassportOf gtin={p.gtin} />],
        [t.updated, p.updatedAt && <Time at={p.updatedAt} />],
      ]}
    />
  )
}
