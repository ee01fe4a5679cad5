import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { load, type Schema } from '../../api'
import { Allowed } from '../../shell/states'
import { links as t } from '../../text/links'
import { CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { Page } from '../../ui/Page'
import { Time } from '../../ui/Time'

export function Checks() {
  return (
    <Page title={t.checksPage.title} lead={t.checksPage.lead} back={{ to: '/links', label: t.title }}>
      <Allowed action="link.read">
        <List />
      </Allowed>
    </Page>
  )
}

function List() {
  const query = useQuery(load('/links/checks'))
  return (
    <div className="card">
      <DataTable<Schema['LinkHealth']>
        name={t.checksPage.title}
        rows={query.data?.items}
        error={query.error}
        retry={() => void query.refetch()}
        rowKey={(h) => h.href}
        to={(h) => ({ to: '/links', search: { q: h.href.slice(0, 100) } })}
        aside={<CopyCall path="/links/checks" />}
        empty={<Empty title={t.checksPage.none}>{t.checksPage.noneHint}</Empty>}
        columns={[
          {
            key: 'href',
            header: t.checksPage.href,
            csv: (h) => h.href,
            cell: (h) => (
              <span style={{ overflowWrap: 'anywhere' }}>
                <Link to="/links" search={{ q: h.href.slice(0, 100) }} title={t.checksPage.find}>
                  {h.href}
                </Link>
              </span>
            ),
          },
          { key: 'trouble', header: t.checksPage.trouble, csv: (h) => h.trouble, cell: (h) => h.trouble },
          { key: 'status', header: t.checksPage.status, hide: 'phone', number: true, csv: (h) => h.status, cell: (h) => h.status ?? '' },
          { key: 'checked', header: t.checksPage.checked, hide: 'phone', csv: (h) => h.checkedAt, cell: (h) => <Time at={h.checkedAt} /> },
        ]}
      />
    </div>
  )
}
