import { IconCheck, IconMinus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Schema } from '../api'
import { products as t } from '../text/products'
import css from './Why.module.css'

/** Every piece of content with the reason why it is shown or not. */
export function Why({ reasons }: { reasons: Schema['Reason'][] }) {
  const sorted = [...reasons].sort((a, b) => Number(b.chosen) - Number(a.chosen))
  return (
    <ul className={css.why}>
      {sorted.map((r) => (
        <li key={r.name} data-chosen={r.chosen || undefined}>
          {r.chosen ? <IconCheck size={15} aria-hidden /> : <IconMinus size={15} aria-hidden />}
          <span>
            <Link to="/content/$name" params={{ name: r.name }}>
              {r.name}
            </Link>
            <span className={css.word}>{r.chosen ? t.chosen : t.notChosen}</span>
            <span className={css.reason}>{r.reason}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}
