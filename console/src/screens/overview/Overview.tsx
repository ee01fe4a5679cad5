import { Button, SegmentedControl } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { IconX } from '@tabler/icons-react'
import { load, type Schema } from '../../api'
import { country, dateOnly, number } from '../../format'
import { periods, type Period } from '../../period'
import { Allowed } from '../../shell/states'
import { overview as t } from '../../text/overview'
import { ui } from '../../text/ui'
import { ErrorBox } from '../../ui/ErrorBox'
import { Funnel, type FunnelStep } from '../../ui/Funnel'
import { Page, Section } from '../../ui/Page'
import { Stat } from '../../ui/Stat'
import { Time } from '../../ui/Time'
import { WorldMap } from '../../ui/WorldMap'
import { FirstUse } from './FirstUse'
import { LiveTaps } from './LiveTaps'
import { Breakdown } from './Breakdown'
import { TapSeries } from './TapSeries'
import css from './Overview.module.css'

const route = getRouteApi('/inside/')

export function Overview() {
  const { period = '7d', market } = route.useSearch()
  const navigate = route.useNavigate()
  const query = useQuery({
    ...load('/overview', { query: { period, market } }),
    placeholderData: keepPreviousData,
  })
  const data = query.data
  const setMarket = (code?: string) =>
    void navigate({ search: (s) => ({ ...s, market: code === market ? undefined : code }), replace: true, resetScroll: false })

  const controls = (
    <>
      {market && (
        <Button variant="light" size="sm" rightSection={<IconX size={14} aria-hidden />} onClick={() => setMarket()}>
          {t.market(country(market))}
        </Button>
      )}
      <SegmentedControl
        aria-label={ui.period.label}
        size="sm"
        value={period}
        onChange={(p) => void navigate({ search: (s) => ({ ...s, period: p as Period }), resetScroll: false })}
        data={periods.map((p) => ({ value: p, label: ui.period[p] }))}
      />
    </>
  )
  return (
    <Page title={t.title} lead={data ? t.lead(dateOnly(data.from), dateOnly(data.to)) : '\u00a0'} actions={controls}>
      <Allowed action="overview.read">
        {query.error && !data ? (
          <ErrorBox error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Body data={data} period={period} market={market} onMarket={setMarket} />
        )}
      </Allowed>
    </Page>
  )
}

type BodyProps = { data?: Schema['Overview']; period: Period; market?: string; onMarket: (code: string) => void }

function Body({ data, period, market, onMarket }: BodyProps) {
  if (data && data.totals.products === 0 && data.totals.things === 0) return <FirstUse />
  const taps = { country: market, from: data?.from, to: data?.to }
  return (
    <>
      <div className={css.stats} aria-busy={!data}>
        {(['taps', 'genuine', 'replayed', 'refused'] as const).map((key) => (
          <Stat
            key={key}
            label={t.stats[key]}
            value={data?.[key].value ?? 0}
            previous={data?.[key].previous ?? 0}
            period={period}
            to="/taps"
            search={{ ...taps, result: key === 'taps' ? undefined : key }}
            tone={key === 'refused' ? 'bad' : key === 'replayed' ? 'warn' : undefined}
          />
        ))}
        <Stat
          label={t.stats.alarms}
          value={data?.alarms ?? 0}
          note={data?.alarms ? t.stats.alarmsNote : t.stats.alarmsNone}
          to="/things"
          search={{ alarm: true }}
          tone="bad"
        />
      </div>
      <div className="two level">
        <LiveTaps market={market} />
        <Section title={t.funnel.title}>
          <Funnel steps={funnelSteps(data, period, market)} ofFirst={t.funnel.of} />
        </Section>
      </div>
      <Section title={ui.map.title} aside={data && <span>{t.updated} <Time at={data.updatedAt} relative={false} /></span>}>
        <WorldMap
          values={(data?.countries ?? []).map((c) => ({ country: c.country, value: c.taps }))}
          selected={market}
          onSelect={onMarket}
        />
      </Section>
      <Section title={t.series.title} aside={data && (data.bucket === 'day' ? t.series.day : t.series.hour)}>
        <TapSeries data={data} market={market} />
      </Section>
      {data && <Breakdown data={data} period={period} />}
    </>
  )
}

const tokens = { made: '--text-3', sold: '--chart-3', opened: '--opened', drained: '--drained' }

function funnelSteps(data: Schema['Overview'] | undefined, period: Period, market?: string): FunnelStep[] {
  return (['made', 'sold', 'opened', 'drained'] as const).map((key) => {
    const step = data?.funnel[key]
    const during = step ? t.funnel.during(`${step.during.value > 0 ? '+' : ''}${number(step.during.value)}`, t.during[period]) : ''
    const search = { market, reached: key === 'made' ? undefined : key }
    return { key, label: t.funnel[key], total: step?.total ?? 0, note: during, token: tokens[key], to: '/things', search }
  })
}
