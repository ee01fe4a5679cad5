import { useMemo } from 'react'
import type { Schema } from '../../api'
import { number } from '../../format'
import { ways as t } from '../../text/ways'
import { areas, height, width } from '../../ui/world'
import css from './Ways.module.css'

type Survey = Schema['TraceSurvey']

/** Where the drawing looks: around the places, not nearer than a continent. */
function frame(points: [number, number][]): string {
  if (points.length === 0) return `0 0 ${width} ${height}`
  const xs = points.map((p) => p[0])
  const ys = points.map((p) => p[1])
  const pad = 40
  let w = Math.max(...xs) - Math.min(...xs) + 2 * pad
  let h = Math.max(...ys) - Math.min(...ys) + 2 * pad
  w = Math.min(width, Math.max(w, 160, h * 2))
  h = w / 2
  const x = Math.min(Math.max(0, (Math.min(...xs) + Math.max(...xs)) / 2 - w / 2), width - w)
  const y = Math.min(Math.max(0, (Math.min(...ys) + Math.max(...ys)) / 2 - h / 2), height - h)
  return `${x} ${y} ${w} ${h}`
}

/** Places and lanes on the map. The tables beside it say the same. */
export default function LaneMap({ survey: s }: { survey: Survey }) {
  const world = useMemo(areas, [])
  const at = new Map(s.places.flatMap((p) => (p.latitude !== undefined && p.longitude !== undefined ? [[p.key, world.at(p.longitude, p.latitude)] as const] : [])))
  const box = frame([...at.values()])
  const scale = Number(box.split(' ')[2]) / width
  const most = Math.max(1, ...s.lanes.map((l) => l.items))
  const fullest = Math.max(1, ...s.places.map((p) => p.stock + p.arriving))
  return (
    <svg viewBox={box} className={css.map} role="img" aria-label={t.map.drawing}>
      {world.shapes.map((a) => (
        <path key={a.name} d={a.d} className={css.land} />
      ))}
      {s.lanes.map((l) => {
        const from = at.get(l.from.key)
        const to = at.get(l.to.key)
        if (!from || !to) return null
        const bend = Math.hypot(to[0] - from[0], to[1] - from[1]) * 0.15
        return (
          <path
            key={`${l.from.key} ${l.to.key}`}
            d={`M${from[0]} ${from[1]}Q${(from[0] + to[0]) / 2} ${(from[1] + to[1]) / 2 - bend} ${to[0]} ${to[1]}`}
            className={css.lane}
            data-late={l.late > 0 || undefined}
            strokeWidth={(1 + 5 * Math.sqrt(l.items / most)) * scale}
            strokeDasharray={l.late > 0 ? `${6 * scale} ${4 * scale}` : undefined}
          >
            <title>{t.map.laneLabel(l.from.name, l.to.name, number(l.items), number(l.late))}</title>
          </path>
        )
      })}
      {s.places.map((p) => {
        const point = at.get(p.key)
        return (
          point && (
            <circle key={p.key} cx={point[0]} cy={point[1]} r={(3 + 9 * Math.sqrt((p.stock + p.arriving) / fullest)) * scale} className={css.place} strokeWidth={1.5 * scale}>
              <title>{t.map.placeLabel(p.name, number(p.stock), number(p.arriving))}</title>
            </circle>
          )
        )
      })}
    </svg>
  )
}
