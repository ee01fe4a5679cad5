import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { load, type Schema } from '../../api'
import { number, percent } from '../../format'
import { devices as t } from '../../text/devices'
import { ErrorBox } from '../../ui/ErrorBox'
import { Line } from '../../ui/Line'
import { Section } from '../../ui/Page'
import type { Device } from './Device'
import css from './Devices.module.css'

/** The model of a device: what it has decides what is asked for. */
const useModel = (d: Device) => useQuery(load('/models/{key}', { path: { key: d.model } }))

/** How well a thing is cared for, why, and what fits. Nothing where its model has no score. */
export function Care({ device: d }: { device: Device }) {
  const model = useModel(d)
  const query = useQuery({ ...load('/devices/{brand}/{name}/score', { path: { brand: d.brand, name: d.name } }), enabled: Boolean(d.demo && model.data?.score) })
  const s = query.data
  if (query.error) return <ErrorBox error={query.error} retry={() => void query.refetch()} />
  if (!s) return null
  return (
    <Section title={s.title || t.care.title} aside={<span>{s.trend}</span>}>
      {s.latest === undefined ? (
        <p className="meta">{t.care.none}</p>
      ) : (
        <div className="stack">
          <p>
            <strong className={css.score} data-score>
              {number(Math.round(s.latest))}
            </strong>{' '}
            {t.care.of(s.bandTitle || s.band || '')}
          </p>
          <ul className="stack-s">
            {s.parts.map((p) => (
              <li key={p.part}>
                <div className={css.part}>
                  <span>{p.title}</span>
                  <span className="meta">{t.care.points(number(Math.round(p.points * 10) / 10), number(p.max))}</span>
                </div>
                <svg viewBox="0 0 100 4" preserveAspectRatio="none" className={css.bar} aria-hidden>
                  <rect width="100" height="4" className={css.room} />
                  <rect width={(p.points / p.max) * 100} height="4" className={css.fill} />
                </svg>
                {p.advice && <p className="meta">{p.advice}</p>}
              </li>
            ))}
          </ul>
          {s.missing.length > 0 && <p className="meta">{t.care.missing(s.missing.join(', '))}</p>}
          {s.sessions.length > 1 && (
            <Line
              title={t.care.sessions}
              points={s.sessions.map((x) => ({ at: x.at, mean: x.score, min: x.score, max: x.score }))}
              from={Date.parse(s.sessions[0]?.at ?? '')}
              to={Date.parse(s.sessions.at(-1)?.at ?? '')}
            />
          )}
          <Needs score={s} />
        </div>
      )}
    </Section>
  )
}

function Needs({ score: s }: { score: Schema['CareScore'] }) {
  return (
    <>
      <h3>{t.care.needs}</h3>
      <ul className="stack-s">
        {s.needs.map((n) => (
          <li key={n.name}>
            {n.title} <span className="meta">{`${percent(n.strength, 1) || '0%'} · ${n.because}`}</span>
          </li>
        ))}
      </ul>
      <h3>{t.care.fits}</h3>
      {s.products.length === 0 && <p className="meta">{t.care.noFit}</p>}
      <ul className="stack-s">
        {s.products.map((p) => (
          <li key={p.gtin}>
            <Link to="/products/$gtin" params={{ gtin: p.gtin } as never}>
              {p.name}
            </Link>
            {p.reasons.map((r) => (
              <p key={r} className="meta">
                {r}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </>
  )
}

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** The weekly rhythm in words and as a picture. Nothing where the model counts no uses. */
export function Rhythm({ device: d }: { device: Device }) {
  const model = useModel(d)
  const query = useQuery({ ...load('/devices/{brand}/{name}/habit', { path: { brand: d.brand, name: d.name } }), enabled: Boolean(d.demo && model.data?.habit) })
  const h = query.data
  if (query.error) return <ErrorBox error={query.error} retry={() => void query.refetch()} />
  if (!h) return null
  const hours = h.hours.map((row) => row ?? [])
  const most = Math.max(1, ...hours.flat())
  return (
    <Section title={t.rhythm.title} aside={<span>{h.title}</span>}>
      <ul className="stack-s">
        {h.words.map((w) => (
          <li key={w}>{w}</li>
        ))}
      </ul>
      {h.uses > 0 && (
        <svg viewBox="-30 -4 510 128" role="img" aria-label={`${t.rhythm.title}: ${h.words.join(' ')}`} className={css.week}>
          {hours.map((row, day) => (
            <g key={days[day]}>
              <text x={-6} y={day * 16 + 11} textAnchor="end" className={css.hour}>
                {days[day]}
              </text>
              {row.map((n, hour) => (
                <rect key={hour} x={hour * 20} y={day * 16} width={18} height={14} rx={2} className={css.cell} fillOpacity={n === 0 ? 0.06 : 0.2 + (n / most) * 0.8} />
              ))}
            </g>
          ))}
          {[0, 6, 12, 18].map((hour) => (
            <text key={hour} x={hour * 20} y={124} className={css.hour}>
              {`${hour}:00`}
            </text>
          ))}
        </svg>
      )}
    </Section>
  )
}
