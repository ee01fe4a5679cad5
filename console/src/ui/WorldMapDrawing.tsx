import { useMemo } from 'react'
import { country, number } from '../format'
import { ui } from '../text/ui'
import { rampStep } from './scale'
import type { WorldMapProps } from './WorldMap'
import { areas, height, width } from './world'
import css from './WorldMap.module.css'

// Drawn with geoPath rather than by the chart library: shapes can carry names,
// follow the tokens without a redraw, and need no fix at the antimeridian.
export default function WorldMapDrawing({ values, selected, onSelect }: WorldMapProps) {
  const drawn = useMemo(areas, [])
  const byCode = new Map(values.map((v) => [v.country, v.value]))
  const max = Math.max(0, ...values.filter((v) => v.country).map((v) => v.value))
  const paint = (code: string) => {
    const step = rampStep(byCode.get(code) ?? 0, max)
    return step === 0 ? 'url(#no-taps)' : `var(--ramp-${step})`
  }
  const label = (code: string) => ui.map.label(country(code), number(byCode.get(code) ?? 0))
  const choose = (code: string) => (byCode.get(code) ? () => onSelect(code) : undefined)
  return (
    <svg viewBox={`0 0 ${width} ${height}`} className={css.svg} role="img" aria-label={ui.map.title}>
      <defs>
        <pattern id="no-taps" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="4" height="4" fill="var(--sunken)" />
          <line x1="0" y1="0" x2="0" y2="4" stroke="var(--line)" strokeWidth="1.5" />
        </pattern>
      </defs>
      {drawn.shapes.map((s) => (
        <path
          key={s.name}
          d={s.d}
          fill={paint(s.code)}
          className={css.area}
          data-value={byCode.get(s.code) || undefined}
          data-selected={(s.code && s.code === selected) || undefined}
          onClick={choose(s.code)}
        >
          <title>{s.code ? label(s.code) : s.name}</title>
        </path>
      ))}
      {drawn.points
        .filter((p) => byCode.get(p.code))
        .map((p) => (
          <circle
            key={p.code}
            cx={p.at[0]}
            cy={p.at[1]}
            r={5}
            fill={paint(p.code)}
            className={css.dot}
            data-value
            data-selected={p.code === selected || undefined}
            onClick={choose(p.code)}
          >
            <title>{label(p.code)}</title>
          </circle>
        ))}
    </svg>
  )
}
