import { Button } from '@mantine/core'
import { useState } from 'react'
import { number } from '../format'
import { ui } from '../text/ui'
import { Time } from './Time'
import css from './Line.module.css'

export type LinePoint = { at: string; mean: number; min: number; max: number; word?: string }

const round = (v: number) => Math.round(v * 100) / 100

const W = 640
const H = 180

/** One number over time: its mean as a line, its least and most as a band, and a table twin. */
export function Line({ title, unit, points, from, to }: { title: string; unit?: string; points: LinePoint[]; from: number; to: number }) {
  const [table, setTable] = useState(false)
  const words = points.some((p) => p.word)
  const low = Math.min(...points.map((p) => p.min))
  const high = Math.max(...points.map((p) => p.max))
  const room = high - low || 1
  const x = (p: LinePoint) => ((Date.parse(p.at) - from) / Math.max(to - from, 1)) * W
  const y = (v: number) => H - 8 - ((v - low) / room) * (H - 16)
  const band = [...points.map((p) => `${x(p)},${y(p.max)}`), ...[...points].reverse().map((p) => `${x(p)},${y(p.min)}`)].join(' ')
  const said = words ? title : `${title}: ${number(round(low))} – ${number(round(high))} ${unit ?? ''}`
  return (
    <figure className={css.line}>
      <figcaption className="row">
        <span className="meta">{said}</span>
        {!words && (
          <Button variant="subtle" size="compact-sm" onClick={() => setTable(!table)} aria-pressed={table}>
            {table ? ui.chart.asChart : ui.chart.asTable}
          </Button>
        )}
      </figcaption>
      {table || words ? (
        <div className={css.twin} tabIndex={0} role="group" aria-label={title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{ui.chart.time}</th>
                <th scope="col">{title}</th>
              </tr>
            </thead>
            <tbody>
              {points.map((p) => (
                <tr key={p.at}>
                  <th scope="row">
                    <Time at={p.at} relative={false} />
                  </th>
                  <td>{p.word ?? `${number(round(p.mean))} ${unit ?? ''}`}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={said} preserveAspectRatio="none" className={css.drawing}>
          <polygon points={band} className={css.band} />
          <polyline points={points.map((p) => `${x(p)},${y(p.mean)}`).join(' ')} className={css.mean} />
        </svg>
      )}
    </figure>
  )
}
