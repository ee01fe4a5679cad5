import { Link } from '@tanstack/react-router'
import { number, percent } from '../format'
import css from './Funnel.module.css'

export type FunnelStep = {
  key: string
  label: string
  total: number
  note: string
  token: string
  to: string
  search: Record<string, unknown>
}

/** How many reached each step; each step opens the list behind it. */
export function Funnel({ steps, ofFirst }: { steps: FunnelStep[]; ofFirst: (share: string) => string }) {
  const first = steps[0]?.total ?? 0
  return (
    <ol className={css.funnel}>
      {steps.map((s, i) => (
        <li key={s.key}>
          <Link to={s.to} search={s.search as never} className={css.step}>
            <span className={css.label}>{s.label}</span>
            <span className={css.value}>{number(s.total)}</span>
            <span className={css.track} aria-hidden>
              <span style={{ width: `${s.total > 0 && first > 0 ? Math.max(0.5, (100 * s.total) / first) : 0}%`, background: `var(${s.token})` }} />
            </span>
            <span className="meta">{[i > 0 && first > 0 ? ofFirst(percent(s.total, first)) : '', s.note].filter(Boolean).join(' · ')}</span>
          </Link>
        </li>
      ))}
    </ol>
  )
}
