import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Skeleton } from '@mantine/core'
import { list } from '../../api'
import { links as t } from '../../text/links'
import { ui } from '../../text/ui'
import { ErrorBox } from '../../ui/ErrorBox'
import { Section } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { inWords, keyOf, pairs } from './anchor'
import { EntryState, Leads } from './Links'
import css from './Links.module.css'

/** The key with its lots and serials, each with what it leads to. */
export function Levels({ anchor }: { anchor: string }) {
  const key = keyOf(anchor)
  const query = useInfiniteQuery(list('/links', { prefix: key, limit: 50 }))
  const { rows, more } = rowsOf(query)
  const levels = rows?.filter((e) => e.anchor === key || e.anchor.startsWith(`${key}/`))
  return (
    <Section title={t.entry.levels}>
      {query.error && !rows && <ErrorBox error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Skeleton height={80} radius={12} />}
      <ul className={css.levels}>
        {levels?.map((e) => (
          <li key={e.anchor} data-depth={pairs(e.anchor).length - 1} aria-current={e.anchor === anchor ? 'page' : undefined}>
            <span className="row between">
              <Link to="/links/entry" search={{ anchor: e.anchor }}>
                {inWords(e.anchor).split(' · ').slice(e.anchor === key ? 0 : 1).join(' · ')}
              </Link>
              <EntryState entry={e} />
            </span>
            <span className="meta">
              <Leads entry={e} />
            </span>
          </li>
        ))}
      </ul>
      {more.has && (
        <Button variant="default" size="xs" loading={more.busy} onClick={more.load}>
          {ui.more}
        </Button>
      )}
    </Section>
  )
}
