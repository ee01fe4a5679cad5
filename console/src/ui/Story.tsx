import type { ReactNode } from 'react'
import type { Schema } from '../api'
import { country } from '../format'
import { Evidence } from './Evidence'
import { Time } from './Time'
import css from './Story.module.css'

export type StoryItem = Schema['StoryEntry']

/** The life of a thing, newest first, each line with its evidence. */
export function Story({ entries, empty }: { entries: StoryItem[]; empty?: ReactNode }) {
  if (entries.length === 0) return <>{empty}</>
  return (
    <ol className={css.story}>
      {entries.map((e) => (
        <li key={e.event} data-tone={e.tone} data-class={e.class} data-type={e.type}>
          <p className={css.title}>{e.title}</p>
          <p className="meta row">
            <Time at={e.at} />
            {e.country && <span>{country(e.country)}</span>}
            <Evidence event={e.event} seq={e.seq} />
          </p>
          {e.details.length > 0 && (
            <dl className={css.details}>
              {e.details.map((d) => (
                <div key={d.label}>
                  <dt>{d.label}</dt>
                  <dd>{d.value}</dd>
                </div>
              ))}
            </dl>
          )}
        </li>
      ))}
    </ol>
  )
}
