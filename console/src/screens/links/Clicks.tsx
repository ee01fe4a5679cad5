import { Skeleton } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { load, type Schema } from '../../api'
import { bucketLabel, country, number } from '../../format'
import type { Period } from '../../period'
import { links as t } from '../../text/links'
import { Chart } from '../../ui/Chart'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { inWords } from './anchor'

export type By = Schema['LinkTallies']['by'] & ('day' | 'type' | 'market' | 'language' | 'key' | 'link')
type Tally = Schema['LinkTally']

const lengths: Record<Period, number> = { '24h': 1, '7d': 7, '30d': 30, '90d': 90 }
const dayMs = 86_400_000

/** The days of a period, the last one today, as the server names them. */
export function daysOf(period: Period, now: Date): string[] {
  const today = Math.floor(now.getTime() / dayMs)
  return Array.from({ length: lengths[period] }, (_, i) => new Date((today - lengths[period] + 1 + i) * dayMs).toISOString().slice(0, 10))
}

type ClicksProps = { by: By; period: Period; anchor?: string; type?: string; market?: string; table?: boolean }

/** Scans by link: columns for days, a table for all other groups. */
export function Clicks({ by, period, anchor, type, market }: ClicksProps) {
  const days = daysOf(period, new Date())
  const query = useQuery({
    ...load('/links/tallies', { query: { by, from: `${days[0]}T00:00:00Z`, anchor, type, market, limit: 100 } }),
    placeholderData: keepPreviousData,
  })
  const types = useQuery({ ...load('/links/types'), staleTime: Infinity })
  const titles = new Map(types.data?.types.map((l) => [l.type, l.title]))
  if (query.error && !query.data) return <ErrorBox error={query.error} retry={() => void query.refetch()} />
  if (!query.data) return <Skeleton height={180} radius={12} />
  const { items, total } = query.data
  if (items.length === 0) return <Empty title={t.clicks.none}>{t.clicks.noneHint}</Empty>
  if (by === 'day') {
    const byDay = new Map(items.map((i) => [i.day, i.n]))
    return (
      <>
        <p className="meta">{t.clicks.total(total)}</p>
        <Chart
          title={t.clicks.title}
          height={180}
          labels={days.map((d) => bucketLabel(`${d}T00:00:00Z`, 'day'))}
          series={[{ key: 'n', label: t.clicks.series, token: '--chart-1', values: days.map((d) => byDay.get(d) ?? 0) }]}
        />
      </>
    )
  }
  const what = (i: Tally): string => {
    switch (by) {
      case 'type':
        return titles.get(i.linktype ?? '') ?? i.linktype ?? t.clicks.unknown
      case 'market':
        return i.market ? country(i.market) : t.clicks.unknown
      case 'language':
        return i.language || t.clicks.unknown
      case 'key':
        return inWords(i.key ?? '')
      default:
        return `${inWords(i.key ?? '')} · ${titles.get(i.linktype ?? '') ?? i.linktype ?? ''} · ${i.link ?? ''}`
    }
  }
  return (
    <DataTable<Tally>
      name={t.clicks.title}
      rows={items}
      rowKey={(i) => [i.key, i.level, i.linktype, i.link, i.market, i.language].join('|')}
      empty={null}
      columns={[
        { key: 'what', header: t.clicks.byName[by], cell: what, csv: what },
        { key: 'n', header: t.clicks.n, number: true, cell: (i) => number(i.n), csv: (i) => i.n },
      ]}
    />
  )
}
