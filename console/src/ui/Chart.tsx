import { Button, useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { number } from '../format'
import { ui } from '../text/ui'
import css from './Chart.module.css'

export type Series = { key: string; label: string; token: string; values: number[] }

export type ChartProps = {
  title: string
  /** The words under each column, one for each value. */
  labels: string[]
  series: Series[]
  height?: number
  /** A column is a link to what is behind it. */
  onOpen?: (index: number) => void
}

/** Stacked columns over time, with a table twin. The only place that knows ECharts. */
export function Chart({ title, labels, series, height = 220, onOpen }: ChartProps) {
  const [table, setTable] = useState(false)
  return (
    <figure className={css.figure}>
      <figcaption className={css.legend}>
        {series.map((s) => (
          <span key={s.key} className={css.key}>
            <i style={{ background: `var(${s.token})` }} aria-hidden />
            {s.label}
          </span>
        ))}
        <Button variant="subtle" size="compact-xs" onClick={() => setTable(!table)} aria-pressed={table}>
          {table ? ui.chart.asChart : ui.chart.asTable}
        </Button>
      </figcaption>
      {table ? (
        <Twin title={title} labels={labels} series={series} />
      ) : (
        <Drawing title={title} labels={labels} series={series} height={height} onOpen={onOpen} />
      )}
    </figure>
  )
}

function Twin({ title, labels, series }: ChartProps) {
  return (
    <div className={css.twin} tabIndex={0} role="group" aria-label={title}>
      <table>
        <thead>
          <tr>
            <th scope="col">{ui.chart.time}</th>
            {series.map((s) => (
              <th key={s.key} scope="col">
                {s.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((label, i) => (
            <tr key={label + i}>
              <th scope="row">{label}</th>
              {series.map((s) => (
                <td key={s.key}>{number(s.values[i] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

type Drawn = { resize(): void; dispose(): void; setOption(o: object, replace?: boolean): void }

function Drawing({ title, labels, series, height, onOpen }: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<Drawn>(undefined)
  const [ready, setReady] = useState(false)
  const scheme = useComputedColorScheme('light')
  const open = useRef(onOpen)
  open.current = onOpen

  useEffect(() => {
    let gone = false
    let watch: ResizeObserver | undefined
    void import('./echarts').then(({ init }) => {
      if (gone || !box.current) return
      const drawn = init(box.current, undefined, { renderer: 'svg' })
      drawn.getZr().on('click', (e) => {
        const [column] = drawn.convertFromPixel({ seriesIndex: 0 }, [e.offsetX, e.offsetY]) as number[]
        if (column !== undefined && column >= 0) open.current?.(column)
      })
      chart.current = drawn
      watch = new ResizeObserver(() => drawn.resize())
      watch.observe(box.current)
      setReady(true)
    })
    return () => {
      gone = true
      watch?.disconnect()
      chart.current?.dispose()
      chart.current = undefined
    }
  }, [])

  useEffect(() => {
    chart.current?.setOption(option(labels, series), true)
  }, [ready, scheme, labels, series])

  const total = series.map((s) => `${s.label}: ${number(s.values.reduce((a, b) => a + b, 0))}`).join(', ')
  return <div ref={box} role="img" aria-label={`${title}. ${total}`} style={{ height, cursor: onOpen && 'pointer' }} />
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

function option(labels: string[], series: Series[]) {
  const axis = { color: token('--text-3'), fontFamily: token('--sans'), fontSize: 11 }
  return {
    animation: false,
    grid: { left: 4, right: 4, top: 10, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow', shadowStyle: { color: token('--line'), opacity: 0.5 } },
      backgroundColor: token('--raised'),
      borderColor: token('--line-strong'),
      borderWidth: 1,
      padding: [6, 10],
      textStyle: { color: token('--text'), fontFamily: token('--sans'), fontSize: 12 },
    },
    xAxis: {
      type: 'category',
      data: labels,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: token('--line-strong') } },
      axisLabel: { ...axis, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      splitNumber: 3,
      axisLabel: axis,
      splitLine: { lineStyle: { color: token('--line') } },
    },
    series: series.map((s) => ({
      name: s.label,
      type: 'bar',
      stack: 'all',
      data: s.values.map((v) => v || null), // a column of nothing would cut the axis
      barMaxWidth: 28,
      barMinWidth: 1,
      itemStyle: { color: token(s.token), borderColor: token('--card'), borderWidth: labels.length > 60 ? 0 : 0.5 },
      emphasis: { disabled: true },
    })),
  }
}
