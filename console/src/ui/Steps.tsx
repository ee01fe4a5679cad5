import { IconCheck, IconMinus, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import css from './Steps.module.css'

export type StepState = 'ok' | 'failed' | 'skipped'
export type StepItem = { key: string; title: string; state: StepState; stateWord: string; text?: ReactNode }

/** What was decided, in the order in which it was. */
export function Steps({ items }: { items: StepItem[] }) {
  return (
    <ol className={css.steps}>
      {items.map((s) => (
        <li key={s.key} data-state={s.state}>
          <span className={css.mark}>
            {s.state === 'ok' ? <IconCheck size={14} aria-hidden /> : s.state === 'failed' ? <IconX size={14} aria-hidden /> : <IconMinus size={14} aria-hidden />}
          </span>
          <div>
            <h3>
              {s.title}
              <span className={css.word}>{s.stateWord}</span>
            </h3>
            {s.text && <div className="dim">{s.text}</div>}
          </div>
        </li>
      ))}
    </ol>
  )
}
