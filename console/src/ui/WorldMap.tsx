import { Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { country, number, percent } from '../format'
import { ui } from '../text/ui'
import css from './WorldMap.module.css'

export type MapValue = { country: string; value: number }

export type WorldMapProps = {
  values: MapValue[]
  selected?: string
  onSelect: (country: string) => void
}

const Drawing = lazy(() => import('./WorldMapDrawing'))

/** The world by value, and the same as a table: the twin for reading and the keyboard. */
export function WorldMap({ values, selected, onSelect }: WorldMapProps) {
  const total = values.reduce((sum, v) => sum + v.value, 0)
  const rows = [...values].filter((v) => v.value > 0).sort((a, b) => b.value - a.value)
  return (
    <div className={css.map}>
      <div className={css.drawing}>
        <Suspense fallback={<Skeleton className={css.wait} />}>
          <Drawing values={values} selected={selected} onSelect={onSelect} />
        </Suspense>
        <p className={`meta ${css.scale}`}>
          <span>{ui.map.fewer}</span>
          {[1, 2, 3, 4, 5].map((n) => (
            <i key={n} style={{ background: `var(--ramp-${n})` }} aria-hidden />
          ))}
          <span>{ui.map.more}</span>
          <span className={css.note}>{ui.map.note}</span>
        </p>
      </div>
      <div className={css.twin} tabIndex={0} role="group" aria-label={ui.map.title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{ui.map.country}</th>
              <th scope="col">{ui.map.taps}</th>
              <th scope="col">{ui.map.share}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((v) => (
              <tr key={v.country} data-selected={v.country === selected || undefined}>
                <th scope="row">
                  {v.country ? (
                    <button type="button" onClick={() => onSelect(v.country)} aria-pressed={v.country === selected}>
                      {country(v.country)}
                    </button>
                  ) : (
                    ui.map.unknown
                  )}
                </th>
                <td>{number(v.value)}</td>
                <td>{percent(v.value, total)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}
