import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { list, type Schema } from '../../api'
import { number } from '../../format'
import { useCan } from '../../session'
import { Allowed } from '../../shell/states'
import { tags as t } from '../../text/tags'
import { LinkButton } from '../../ui/LinkButton'
import { CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { Page } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { Time } from '../../ui/Time'
import { SetChips } from './SetState'

export function KeySets() {
  const can = useCan()
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={
        <>
          {can('tag.diagnose') && <LinkButton to="/tags/diagnose">{t.diagnose}</LinkButton>}
          {can('tag.write') && <LinkButton to="/tags/import">{t.importChips}</LinkButton>}
          {can('tag.write') && (
            <LinkButton to="/tags/new" primary>
              {t.newSet}
            </LinkButton>
          )}
        </>
      }
    >
      <Allowed action="tag.read">
        <List />
      </Allowed>
    </Page>
  )
}

function List() {
  const query = useInfiniteQuery(list('/keysets'))
  const { rows, more } = rowsOf(query)
  const can = useCan()
  return (
    <div className="card">
      <DataTable<Schema['KeySet']>
        name={t.title}
        rows={rows}
        more={more}
        error={query.error}
        retry={() => void query.refetch()}
        rowKey={(s) => s.name}
        to={(s) => ({ to: '/tags/sets/$name', params: { name: s.name } })}
        aside={
          <>
            <LinkButton to="/tags/chips" small>
              {t.chipsAll}
            </LinkButton>
            <CopyCall path="/keysets" />
          </>
        }
        empty={
          <Empty title={t.none} action={can('tag.write') && <LinkButton to="/tags/new">{t.newSet}</LinkButton>}>
            {t.noneHint}
          </Empty>
        }
        columns={[
          {
            key: 'name',
            header: t.name,
            csv: (s) => s.name,
            cell: (s) => (
              <span className="row">
                <Link to="/tags/sets/$name" params={{ name: s.name }}>
                  {s.name}
                </Link>
                <SetChips set={s} />
              </span>
            ),
          },
          { key: 'epoch', header: t.epoch, number: true, cell: (s) => s.epoch, csv: (s) => s.epoch },
          { key: 'scheme', header: t.scheme, hide: 'phone', cell: (s) => t.schemes[s.scheme], csv: (s) => s.scheme },
          { key: 'mode', header: t.mode, hide: 'tablet', cell: (s) => t.modes[s.mode], csv: (s) => s.mode },
          { key: 'chips', header: t.chips, number: true, cell: (s) => number(s.chips), csv: (s) => s.chips },
          { key: 'created', header: t.created, hide: 'phone', cell: (s) => <Time at={s.createdAt} />, csv: (s) => s.createdAt },
        ]}
      />
    </div>
  )
}
