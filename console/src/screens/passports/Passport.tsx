import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { list, load, type Schema } from '../../api'
import { gtin, localized } from '../../format'
import { useCan } from '../../session'
import { Allowed, Waiting } from '../../shell/states'
import { passports as t } from '../../text/passports'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { LinkButton } from '../../ui/LinkButton'
import { Page, Section } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { Time } from '../../ui/Time'
import { Publish, Remove, Withdraw } from './Asks'
import { Documents } from './Documents'
import { Answers, Says, Where } from './Says'
import { Status } from './Status'
import type { Params } from './draft'

const route = getRouteApi('/inside/passports/$gtin')

const back = { to: '/passports', label: t.title }

export function Passport() {
  return (
    <Allowed action="passport.read">
      <One />
    </Allowed>
  )
}

function One() {
  const { gtin: key } = route.useParams()
  const query = route.useSearch()
  const params = { path: { gtin: key }, query }
  const passport = useQuery(load('/passports/{gtin}', params))
  const may = useCan()
  const pending = useQuery({ ...load('/passports/{gtin}/pending', params), enabled: (passport.data?.version ?? 0) > 0 })
  const waiting = pending.data?.changes.length ?? 0
  const [asking, setAsking] = useState<'publish' | 'withdraw' | 'remove'>()
  const p = passport.data
  if (!p) {
    return (
      <Page title={gtin(key)} back={back}>
        {passport.error ? <ErrorBox error={passport.error} retry={() => void passport.refetch()} /> : <Waiting />}
      </Page>
    )
  }
  const can = { write: may('passport.write'), publish: may('passport.publish') }
  return (
    <Page
      title={localized(p.name) || gtin(p.gtin)}
      back={back}
      lead={
        <span className="row">
          <Status status={p.status} />
          <span>{t.levels[p.level]}</span>
          <span className="mono">{[gtin(p.gtin), p.lot ?? p.serial].filter(Boolean).join(' ')}</span>
          {waiting > 0 && <span>{t.waiting(waiting)}</span>}
        </span>
      }
      actions={
        <>
          {can.publish && <Button onClick={() => setAsking('publish')}>{t.publish}</Button>}
          {can.write && (
            <LinkButton to="/passports/$gtin/edit" params={params.path} search={query}>
              {t.edit}
            </LinkButton>
          )}
          {can.publish && p.status === 'published' && (
            <Button variant="default" onClick={() => setAsking('withdraw')}>
              {t.withdraw}
            </Button>
          )}
          {can.write && p.version === 0 && (
            <Button variant="default" onClick={() => setAsking('remove')}>
              {t.remove}
            </Button>
          )}
        </>
      }
    >
      <div className="two">
        <Says passport={p} />
        <div className="stack">
          <Where passport={p} />
          <Answers passport={p} />
        </div>
      </div>
      <Documents passport={p} params={params} />
      <Versions params={params} />
      {asking === 'publish' && <Publish params={params} rev={p.rev} onClose={() => setAsking(undefined)} />}
      {asking === 'withdraw' && <Withdraw params={params} rev={p.rev} onClose={() => setAsking(undefined)} />}
      {asking === 'remove' && <Remove params={params} rev={p.rev} onClose={() => setAsking(undefined)} />}
    </Page>
  )
}

function Versions({ params }: { params: Params }) {
  const query = useInfiniteQuery(list('/passports/{gtin}/versions', params.query, { path: params.path }))
  const { rows, more } = rowsOf(query)
  return (
    <Section title={t.versions} flush>
      <DataTable<Schema['PassportVersion']>
        name={t.versions}
        rows={rows}
        more={more}
        error={query.error}
        retry={() => void query.refetch()}
        rowKey={(v) => String(v.version)}
        empty={<Empty title={t.noVersions}>{t.noVersionsHint}</Empty>}
        columns={[
          {
            key: 'version',
            header: t.version,
            csv: (v) => v.version,
            cell: (v) => (
              <a href={v.page} target="_blank" rel="noreferrer">
                {v.version}
              </a>
            ),
          },
          { key: 'at', header: t.at, cell: (v) => <Time at={v.publishedAt} />, csv: (v) => v.publishedAt },
          { key: 'hash', header: t.hash, hide: 'tablet', cell: (v) => <span className="mono">{v.sha256.slice(0, 16)}…</span>, csv: (v) => v.sha256 },
        ]}
      />
    </Section>
  )
}
