import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { load } from '../../api'
import { tags as t } from '../../text/tags'
import { Copy } from '../../ui/Copy'
import { ErrorBox } from '../../ui/ErrorBox'
import { Section } from '../../ui/Page'
import css from './Tags.module.css'

/** What an encoder writes on a tag of this set: the file, its settings, the offsets. */
export function Encoding({ name }: { name: string }) {
  const query = useQuery(load('/keysets/{name}/encoding', { path: { name } }))
  const e = query.data
  return (
    <Section title={t.encoding}>
      <p className="dim">{t.encodingHint}</p>
      {query.error && <ErrorBox error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Skeleton height={200} mt={12} />}
      {e && (
        <dl className={css.encoding}>
          {(
            [
              [t.url, e.url],
              [t.ndef, e.ndef],
              [t.settings, e.settings],
            ] as const
          ).map(([label, value]) => (
            <div key={label}>
              <dt>
                {label} <Copy value={value} />
              </dt>
              <dd className="mono">{value}</dd>
            </div>
          ))}
          <div>
            <dt>{t.offsets}</dt>
            <dd className={css.offsets}>
              {e.offsets.map((o) => (
                <span key={o.name}>
                  {o.name} <code>{o.at}</code>
                </span>
              ))}
            </dd>
          </div>
        </dl>
      )}
    </Section>
  )
}
