import { Button, NativeSelect } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, client, load } from '../../api'
import { Allowed } from '../../shell/states'
import { tags as t } from '../../text/tags'
import { ErrorBox } from '../../ui/ErrorBox'
import { LinkButton } from '../../ui/LinkButton'
import { Page, Section } from '../../ui/Page'
import { say } from '../../ui/Undo'
import { ImportReport } from './ImportReport'
import css from './Tags.module.css'

const route = getRouteApi('/inside/tags/import')
const example = `uid,gtin,serial,lot
04A1B2C3D4E580,09506000134352,B7K2M9,L2406
04A1B2C3D4E680,09506000134352,B7K2N1,L2406`

export function ImportChips() {
  return (
    <Page title={t.import.title} lead={t.import.lead} back={{ to: '/tags', label: t.title }}>
      <Allowed action="tag.write">
        <Form />
      </Allowed>
    </Page>
  )
}

function Form() {
  const { set = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const queries = useQueryClient()
  const sets = useQuery(load('/keysets', { query: { limit: 200 } }))
  const [file, setFile] = useState<File>()

  const send = useMutation({
    mutationFn: async (dryRun: boolean) => {
      const body = await (file ?? new Blob()).text()
      return answer(
        client.POST('/chips/import', {
          params: { query: { set: set || undefined, dryRun } },
          body: body as never,
          bodySerializer: (text: unknown) => text as string,
          headers: { 'Content-Type': 'text/csv' },
        }),
      )
    },
    onSuccess: (report) => {
      if (report.dryRun) return
      say(t.import.done)
      void queries.invalidateQueries({ predicate: (q) => /^\/(chips|things|keysets|overview)/.test(String(q.queryKey[0])) })
    },
  })
  const report = send.data
  const ready = report?.dryRun && report.refused === 0 && report.created > 0

  return (
    <div className="two">
      <div className="stack">
        <form
          className="card pad stack"
          onSubmit={(e) => {
            e.preventDefault()
            send.mutate(true)
          }}
        >
          <NativeSelect
            label={t.import.set}
            description={t.import.setHint}
            value={set}
            onChange={(e) => {
              send.reset()
              void navigate({ search: { set: e.currentTarget.value || undefined }, replace: true })
            }}
            data={[
              { value: '', label: t.import.setFromFile },
              ...(sets.data?.items ?? []).filter((s) => s.state === 'active').map((s) => ({ value: s.name, label: s.name })),
            ]}
          />
          <div className={css.file}>
            <label htmlFor="batch">{t.import.file}</label>
            <span className="meta">{t.import.fileHint}</span>
            <input
              id="batch"
              type="file"
              accept=".csv,text/csv,text/plain"
              onChange={(e) => {
                send.reset()
                setFile(e.currentTarget.files?.[0])
              }}
            />
          </div>
          <div className="row">
            <Button type="submit" variant={ready ? 'default' : 'filled'} disabled={!file} loading={send.isPending}>
              {t.import.dryRun}
            </Button>
            {ready && (
              <Button onClick={() => send.mutate(false)} loading={send.isPending}>
                {t.import.run(report.created)}
              </Button>
            )}
          </div>
        </form>
        {send.error && <ErrorBox error={send.error} />}
        {report && <ImportReport report={report} />}
        {report && !report.dryRun && (
          <div>
            <LinkButton to="/tags/chips" search={{ set: set || undefined }} primary>
              {t.import.to}
            </LinkButton>
          </div>
        )}
      </div>
      <Section title={t.import.example}>
        <pre className="mono" style={{ overflowX: 'auto' }} tabIndex={0} aria-label={t.import.example}>
          {example}
        </pre>
      </Section>
    </div>
  )
}
