import { Link } from '@tanstack/react-router'
import { changePercent, number } from '../format'
import type { Period } from '../period'
import { ui } from '../text/ui'
import css from './Stat.module.css'

/** A number beside the one before it, in words: "+8% on the 7 days before". */
export function comparedInWords(value: number, previous: number, period: Period): string {
  const before = ui.before[period]
  if (value === previous) return ui.stat.same(before)
  if (previous === 0) return ui.stat.first(before)
  // From a handful to a hundred, a percentage says less than the number itself.
  if (previous < 20 || value / previous > 10) return ui.stat.gone(number(previous), before)
  return ui.stat.change(changePercent(value, previous), before)
}

type StatProps = {
  label: string
  value: number
  previous?: number
  period?: Period
  note?: string
  to: string
  search?: Record<string, unknown>
  tone?: 'bad' | 'warn'
}

/** A number that opens the list behind it. */
export function Stat({ label, value, previous, period, note, to, search, tone }: StatProps) {
  return (
    <Link to={to} search={search as never} className={`card ${css.stat}`} data-stat={label}>
      <span className={css.label}>{label}</span>
      <span className={css.value} data-tone={value > 0 ? tone : undefined}>
        {number(value)}
      </span>
      <span className="meta">
        {previous !== undefined && period ? comparedInWords(value, previous, period) : note}
      </span>
    </Link>
  )
}
