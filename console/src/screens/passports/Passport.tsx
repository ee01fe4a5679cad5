import { Button, Modal, TextInput } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, client, list, load, type Schema } from '../../api'
import { gtin, localized } from '../../format'
import { useCan } from '../../session'
import { Allowed } from '../../shell/states'
import { passports as t } from '../../text/passports'
import { ui } from '../../text/ui'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Page, Section } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { Time } from '../../ui/Time'
import { say } from '../../ui/Undo'
import { Status } from './Status'

const route = getRouteApi('/inside/passports/$gtin')

type Draft = NonNullable<Schema['Passport']['draft']>
type Attribute = NonNullable<Draft['sections']>[number]['attributes'][number]

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
  const publish = useCan()('passport.publish')
  const [asking, setAsking] = useState<'publish' | 'withdraw'>()
  const p = passport.data
  if (!p) {
    return (
      <Page title={gtin(key)} back={back}>
        {passport.error && <ErrorBox error={passport.error} retry={() => void passport.refetch()} />}
      </Page>
    )
  }
  return (
    <Page
      title={localized(p.name) || gtin(p.gtin)}
      back={back}
      lead={
        <span className="row">
          <Status status={p.status} />
          <span className="mono">{p.digitalLink}</span>
          {p.status !== 'draft' && (
            <a href={p.page} target="_blank" rel="noreferrer">
              {t.page}
            </a>
          )}
        </span>
      }
      actions={
        publish && (
          <>
            <Button onClick={() => setAsking('publish')}>{t.publish}</Button>
            {p.status === 'published' && (
              <Button variant="default" onClick={() => setAsking('withdraw')}>
                {t.withdraw}
              </Button>
            )}
          </>
        )
      }
    >
      {p.reason && <p className="card pad">{p.reason}</p>}
      {p.draft && <Says draft={p.draft} />}
      {p.draft && <Documents draft={p.draft} />}
      <Versions params={params} />
      {asking === 'publish' && <Publish params={params} rev={p.rev} onClose={() => setAsking(undefined)} />}
      {asking === 'withdraw' && <Withdraw params={params} rev={p.rev} onClose={() => setAsking(undefined)} />}
    </Page>
  )
}

function value(a: Attribute): string {
  if (a.number !== undefined) return `${a.number} ${a.unit ?? ''}`.trim()
  if (a.list) return a.list.map((l) => localized(l)).join(', ')
  return localized(a.text) || (a.link ?? '')
}

function Says({ draft }: { draft: Draft }) {
  const rows = (draft.sections ?? []).flatMap((s) => s.attributes)
  return (
    <Section title={t.says} flush>
      <DataTable<Attribute>
        name={t.says}
        rows={rows}
        rowKey={(a) => a.name}
        empty={<Empty title={t.noAttributes}>{t.noAttributesHint}</Empty>}
        columns={[
          { key: 'name', header: t.attribute, cell: (a) => localized(a.label), csv: (a) => a.name },
          { key: 'value', header: t.value, cell: (a) => value(a), csv: (a) => value(a) },
          { key: 'tier', header: t.tier, hide: 'phone', cell: (a) => t.tiers[a.tier ?? 'public'], csv: (a) => a.tier },
        ]}
      />
    </Section>
  )
}

type FileInfo = NonNullable<Draft['documents']>[number]

function Documents({ draft }: { draft: Draft }) {
  return (
    <Section title={t.documents} flush>
      <DataTable<FileInfo>
        name={t.documents}
        rows={draft.documents ?? []}
        rowKey={(f) => f.sha256}
        empty={<Empty title={t.noDocuments}>{t.noDocumentsHint}</Empty>}
        columns={[
          { key: 'title', header: t.document, cell: (f) => localized(f.title), csv: (f) => f.name },
          { key: 'tier', header: t.tier, cell: (f) => t.tiers[f.tier ?? 'public'], csv: (f) => f.tier },
          { key: 'bytes', header: t.size, number: true, hide: 'phone', cell: (f) => `${Math.ceil(f.bytes / 1000)} kB`, csv: (f) => f.bytes },
        ]}
      />
    </Section>
  )
}

type Params = { path: { gtin: string }; query: { lot?: string; serial?: string } }

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

type Asking = { params: Params; rev: number; onClose: () => void }

/** Both ways end the same: everything about passports is asked for again. */
function useDone(message: string, onClose: () => void) {
  const queries = useQueryClient()
  return () => {
    say(message)
    onClose()
    return queries.invalidateQueries({ predicate: (q) => String(q.queryKey[0]).startsWith('/passports') })
  }
}

function Publish({ params, rev, onClose }: Asking) {
  const pending = useQuery(load('/passports/{gtin}/pending', params))
  const done = useDone(t.published, onClose)
  const publish = useMutation({
    mutationFn: () =>
      answer(client.POST('/passports/{gtin}/publish', { params: { ...params, header: { 'If-Match': `"${rev}"` } } })),
    onSuccess: done,
  })
  const changes = pending.data?.changes
  return (
    <Modal opened onClose={onClose} title={t.publishTitle} size="lg" closeButtonProps={{ 'aria-label': ui.close }}>
      <div className="stack">
        {publish.error && <ErrorBox error={publish.error} />}
        {changes && <p>{changes.length > 0 ? t.publishHint(changes.length) : t.nothing}</p>}
        <DataTable<Schema['FieldChange']>
          name={t.pending}
          rows={changes}
          error={pending.error}
          rowKey={(c) => c.path}
          empty={<Empty title={t.nothing}>{t.nothingHint}</Empty>}
          columns={[
            { key: 'field', header: t.field, cell: (c) => <span className="mono">{c.path}</span>, csv: (c) => c.path },
            { key: 'before', header: t.before, cell: (c) => c.before, csv: (c) => c.before },
            { key: 'after', header: t.after, cell: (c) => c.after, csv: (c) => c.after },
          ]}
        />
        <div className="row">
          <Button loading={publish.isPending} onClick={() => publish.mutate()}>
            {t.publish}
          </Button>
          <Button variant="default" onClick={onClose}>
            {ui.cancel}
          </Button>
        </div>
      </div>
    </Modal>
  )
}

function Withdraw({ params, rev, onClose }: Asking) {
  const done = useDone(t.withdrawn, onClose)
  const [reason, setReason] = useState('')
  const withdraw = useMutation({
    mutationFn: () =>
      answer(client.POST('/passports/{gtin}/withdraw', { params: { ...params, header: { 'If-Match': `"${rev}"` } }, body: { reason } })),
    onSuccess: done,
  })
  return (
    <Modal opened onClose={onClose} title={t.withdrawTitle} closeButtonProps={{ 'aria-label': ui.close }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          withdraw.mutate()
        }}
      >
        <p className="dim">{t.withdrawHint}</p>
        {withdraw.error && <ErrorBox error={withdraw.error} />}
        <TextInput label={t.reason} value={reason} onChange={(e) => setReason(e.currentTarget.value)} required withAsterisk={false} maxLength={500} data-autofocus />
        <div className="row">
          <Button type="submit" loading={withdraw.isPending}>
            {t.withdraw}
          </Button>
          <Button variant="default" onClick={onClose}>
            {ui.cancel}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
