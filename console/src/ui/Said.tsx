import type { Schema } from '../api'
import { blocksOf } from './blocks'
import css from './Said.module.css'

type SaidProps = Pick<Schema['Chosen'], 'kicker' | 'title' | 'lead' | 'body' | 'action'>

/** A piece of content as its reader has it, without the page round it. */
export function Said({ kicker, title, lead, body, action }: SaidProps) {
  return (
    <div className={css.said}>
      {kicker && <p className={css.kicker}>{kicker}</p>}
      <p className={css.title}>{title}</p>
      {lead && <p className={css.lead}>{lead}</p>}
      {blocksOf(body).map((b, i) =>
        'items' in b ? (
          <ul key={i} className={css.list} data-kind={b.kind}>
            {b.items.map((item, j) => (
              <li key={j}>{item}</li>
            ))}
          </ul>
        ) : b.kind === 'heading' ? (
          <h3 key={i}>{b.text}</h3>
        ) : (
          <p key={i}>{b.text}</p>
        ),
      )}
      {action && (
        <p className={css.action}>
          <span>{action.label}</span>
          <code>{action.href}</code>
        </p>
      )}
    </div>
  )
}
