import { Skeleton } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Schema } from '../../api'
import { bucketLabel } from '../../format'
import { overview as t } from '../../text/overview'
import { ui } from '../../text/ui'
import { Chart, type Series } from '../../ui/Chart'

const height = 220
const tokens = { genuine: '--chart-6', plain: '--chart-3', replayed: '--chart-2', refused: '--chart-5' }

export function TapSeries({ data, market }: { data?: Schema['Overview']; market?: string }) {
  const navigate = useNavigate()
  const points = data?.series
  const bucket = data?.bucket ?? 'day'
  const labels = useMemo(() => points?.map((p) => bucketLabel(p.at, bucket)) ?? [], [points, bucket])
  const series = useMemo<Series[]>(
    () =>
      (['genuine', 'plain', 'replayed', 'refused'] as const).map((key) => ({
        key,
        label: ui.result[key],
        token: tokens[key],
        values: points?.map((p) => p[key]) ?? [],
      })),
    [points],
  )
  if (!points) return <Skeleton height={height + 28} />
  const open = (index: number) => {
    const from = points[index]?.at
    if (!from) return
    const to = new Date(new Date(from).getTime() + (bucket === 'day' ? 86_400_000 : 3_600_000)).toISOString()
    void navigate({ to: '/taps', search: { from, to, country: market } })
  }
  return <Chart title={t.series.title} labels={labels} series={series} height={height} onOpen={open} />
}
