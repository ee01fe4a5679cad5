import { Button, Skeleton, TextInput } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { load, type Schema } from '../../api'
import { country, number } from '../../format'
import { ways as t } from '../../text/ways'
import { CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Section } from '../../ui/Page'
import { Time } from '../../ui/Time'
import css from './Ways.module.css'

const route = getRouteApi('/inside/ways')
const LaneMap = lazy(() => import('./LaneMap'))

type Survey = Schema['TraceSurvey']

export function SurveyTab() {
  const { gtin, lot } = route.useSearch()
  const query = useQuery({ ...load('/traces/survey', { query: { gtin, lot } }), placeholderData: keepPreviousData })
  return (
    <div className="stack">
      <LotForm label={t.way} />
      <div aria-live="polite" className="stack">
        {query.error && <ErrorBox error={query.error} retry={() => void query.refetch()} />}
        {query.isLoading && <Skeleton height={320} />}
        {query.data && <Shown survey={query.data} query={{ gtin, lot }} />}
      </div>
    </div>
  )
}

/** The product and lot that the tab is about, as the address has them. */
export function LotForm({ label, go }: { label: string; go?: string }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [gtin, setGtin] = useState(search.gtin ?? '')
  const [lot, setLot] = useState(search.lot ?? '')
  return (
    <form
      className={`card pad ${css.form}`}
      role="search"
      aria-label={label}
      onSubmit={(e) => {
        e.preventDefault()
        void navigate({ search: (s) => ({ ...s, gtin: gtin.trim() || undefined, lot: lot.trim() || undefined }) })
      }}
    >
      <TextInput label={t.map.gtin} inputMode="numeric" value={gtin} onChange={(e) => setGtin(e.currentTarget.value)} autoComplete="off" />
      <TextInput label={t.map.lot} value={lot} onChange={(e) => setLot(e.currentTarget.value)} autoComplete="off" />
      <Button type="submit">{go ?? t.map.go}</Button>
    </form>
  )
}

export function Numbers({ survey: s }: { survey: Survey }) {
  const numbers: [string, number][] = [
    [t.map.items, s.items],
    [t.map.inStock, s.states.inStock],
    [t.map.underway, s.states.underway],
    [t.map.onShelf, s.states.onShelf],
    [t.map.sold, s.states.sold],
    [t.map.opened, s.states.opened],
    [t.map.ended, s.states.ended],
  ]
  return (
    <dl className={`card pad ${css.numbers}`}>
      {numbers.map(([label, n]) => (
        <div key={label}>
          <dt className="meta">{label}</dt>
          <dd>{number(n)}</dd>
        </div>
      ))}
    </dl>
  )
}

function Shown({ survey: s, query }: { survey: Survey; query: { gtin?: string; lot?: string } }) {
  if (s.items === 0) {
    return (
      <div className="card">
        <Empty title={t.map.none}>{t.map.noneHint}</Empty>
      </div>
    )
  }
  return (
    <>
      {s.partial && <p className="card pad">{t.map.partial}</p>}
      <Numbers survey={s} />
      <Section title={t.map.title} aside={<Time at={s.at} />}>
        <Suspense fallback={<Skeleton height={320} />}>
          <LaneMap survey={s} />
        </Suspense>
        <p className="meta">{t.map.note}</p>
      </Section>
      <Section title={t.map.markets} flush>
        <Funnels survey={s} />
      </Section>
      <Section title={t.map.lanes} flush>
        <DataTable<Survey['lanes'][number]>
          name={t.map.lanes}
          rows={s.lanes}
          rowKey={(l) => `${l.from.key} ${l.to.key}`}
          empty={null}
          aside={<CopyCall path="/traces/survey" query={query} />}
          columns={[
            { key: 'lane', header: t.map.lane, cell: (l) => `${l.from.name} → ${l.to.name}`, csv: (l) => `${l.from.name} > ${l.to.name}` },
            { key: 'items', header: t.map.items, number: true, cell: (l) => number(l.items), csv: (l) => l.items },
            { key: 'underway', header: t.map.underway, number: true, hide: 'phone', cell: (l) => number(l.underway), csv: (l) => l.underway },
            { key: 'late', header: t.map.late, number: true, cell: (l) => number(l.late), csv: (l) => l.late },
            { key: 'hours', header: t.map.hours, number: true, hide: 'phone', cell: (l) => (l.hours === undefined ? '' : t.map.duration(l.hours)), csv: (l) => l.hours },
          ]}
        />
      </Section>
      <Section title={t.map.places} flush>
        <DataTable<Survey['places'][number]>
          name={t.map.places}
          rows={s.places}
          rowKey={(p) => p.key}
          empty={null}
          columns={[
            {
              key: 'place',
              header: t.map.place,
              csv: (p) => p.name,
              cell: (p) => (
                <span>
                  {p.name}
                  {p.country && <span className="meta" style={{ display: 'block' }}>{country(p.country)}</span>}
                </span>
              ),
            },
            { key: 'stock', header: t.map.stock, number: true, cell: (p) => number(p.stock), csv: (p) => p.stock },
            { key: 'arriving', header: t.map.arriving, number: true, cell: (p) => number(p.arriving), csv: (p) => p.arriving },
            { key: 'sold', header: t.map.sold, number: true, hide: 'phone', cell: (p) => number(p.sold), csv: (p) => p.sold },
          ]}
        />
      </Section>
    </>
  )
}

/** How far things got: a row a country, a column a step, with the time since the step before. */
function Funnels({ survey: s }: { survey: Survey }) {
  const steps = s.markets[0]?.steps ?? []
  return (
    <div className={css.scroll} tabIndex={0} role="group" aria-label={t.map.markets}>
      <table className={css.funnels}>
        <thead>
          <tr>
            <th scope="col">{t.map.country}</th>
            {steps.map((step) => (
              <th scope="col" key={step.step}>
                {t.map.steps[step.step]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {s.markets.map((m) => (
            <tr key={m.country}>
              <th scope="row">{m.country ? country(m.country) : t.map.unknown}</th>
              {m.steps.map((step) => (
                <td key={step.step}>
                  <span className={css.bar} style={{ inlineSize: `${(100 * step.count) / Math.max(1, ...m.steps.map((x) => x.count))}%` }} aria-hidden />
                  <strong>{number(step.count)}</strong>
                  {step.hours !== undefined && <span className="meta">{t.map.after(t.map.duration(step.hours))}</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
