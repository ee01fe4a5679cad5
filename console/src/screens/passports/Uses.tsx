import { useInfiniteQuery } from '@tanstack/react-query'
import { list, type Schema } from '../../api'
import { passports as t } from '../../text/passports'
import { CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { rowsOf } from '../../ui/rows'
import { Time } from '../../ui/Time'

/** The uses of grants. Public readings leave nothing to show. */
export function Uses() {
  const query = useInfiniteQuery(list('/passport-accesses'))
  const { rows, more } = rowsOf(query)
  return (
    <div className="card">
      <DataTable<Schema['PassportAccess']>
        name={t.tabs.log}
        rows={rows}
        more={more}
        error={query.error}
        retry={() => void query.refetch()}
        rowKey={(u) => u.id}
        aside={<CopyCall path="/passport-accesses" />}
        empty={<Empty title={t.noUses}>{t.noUsesHint}</Empty>}
        columns={[
          { key: 'at', header: t.at, cell: (u) => <Time at={u.at} />, csv: (u) => u.at },
          { key: 'path', header: t.name, cell: (u) => <span className="mono">{u.path}</span>, csv: (u) => u.path },
          { key: 'version', header: t.version, number: true, hide: 'phone', cell: (u) => u.version, csv: (u) => u.version },
          { key: 'form', header: t.form, hide: 'phone', cell: (u) => u.form, csv: (u) => u.form },
          { key: 'grant', header: t.tabs.grants, hide: 'tablet', cell: (u) => <span className="mono">{u.grant}</span>, csv: (u) => u.grant },
        ]}
      />
    </div>
  )
}
