import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { IconCircleCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from '@tanstack/react-router'
import { answer, client, type Schema } from '../../api'
import { number } from '../../format'
import { Allowed } from '../../shell/states'
import { links as t } from '../../text/links'
import { DataTable } from '../../ui/DataTable'
import { ErrorBox } from '../../ui/ErrorBox'
import { LinkButton } from '../../ui/LinkButton'
import { Page, Section } from '../../ui/Page'
import { say } from '../../ui/Undo'
import { inWords } from './anchor'
import { refreshLinks } from './save'
import css from './Links.module.css'

const example = `anchor,itemDescription,linktype,href,title,hreflang,default
/01/09506000134352,Ferrow Gin,gs1:pip,https://ferrow.example/gin,Ferrow Gin,en,yes
/01/09506000134352,,gs1:pip,https://ferrow.example/de/gin,Ferrow Gin,de,
/01/09506000134352/10/{lot},"Ferrow Gin, by lot",gs1:traceability,https://ferrow.example/lots/{lot},Lot {lot},en,`

const media: Record<string, string> = {
  csv: 'text/csv',
  json: 'application/json',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/** The content type of a file by its name; undefined for one that holds no links. */
const mediaOf = (name: string): string | undefined => media[name.split('.').at(-1)?.toLowerCase() ?? '']

export function ImportLinks() {
  return (
    <Page title={t.import.title} lead={t.import.lead} back={{ to: '/links', label: t.title }}>
      <Allowed action="link.write">
        <Form />
      </Allowed>
    </Page>
  )
}

function Form() {
  const queries = useQueryClient()
  const [file, setFile] = useState<File>()
  const [over, setOver] = useState(false)
  const send = useMutation({
    mutationFn: async (dryRun: boolean) =>
      answer(
        client.POST('/links/import', {
          params: { query: { dryRun } },
          body: file as never,
          bodySerializer: (body: unknown) => body as Blob,
          headers: { 'Content-Type': mediaOf(file?.name ?? '') ?? '' },
        }),
      ),
    onSuccess: (report) => {
      if (report.dryRun) return
      say(t.import.done)
      return refreshLinks(queries)
    },
  })
  const choose = (chosen: File | undefined) => {
    send.reset()
    setFile(chosen)
  }
  const known = !file || mediaOf(file.name) !== undefined
  const report = send.data
  const differs = report ? report.created + report.changed : 0
  const ready = report?.dryRun && report.problems.length === 0 && differs > 0
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
          <div
            className={css.drop}
            data-over={over || undefined}
            onDragOver={(e) => {
              e.preventDefault()
              setOver(true)
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(e) => {
              e.preventDefault()
              setOver(false)
              choose(e.dataTransfer.files[0])
            }}
          >
            <label htmlFor="links-file">
              <strong>{t.import.file}</strong>
            </label>
            <span className="meta">{t.import.fileHint}</span>
            <input id="links-file" type="file" accept=".csv,.json,.xlsx" onChange={(e) => choose(e.currentTarget.files?.[0])} />
            {file && <span>{file.name}</span>}
            {!known && <span style={{ color: 'var(--bad)' }}>{t.import.wrongFile}</span>}
          </div>
          <div className="row">
            <Button type="submit" variant={ready ? 'default' : 'filled'} disabled={!file || !known} loading={send.isPending}>
              {t.import.dryRun}
            </Button>
            {ready && (
              <Button onClick={() => send.mutate(false)} loading={send.isPending}>
                {t.import.run(differs)}
              </Button>
            )}
          </div>
        </form>
        {send.error && <ErrorBox error={send.error} />}
        {report && <Report report={report} />}
        {report && !report.dryRun && (
          <div>
            <LinkButton to="/links" primary>
              {t.import.toList}
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

type Shape = Schema['LinkImport']

function Report({ report: r }: { report: Shape }) {
  const numbers: [string, number][] = [
    [t.import.entries, r.entries],
    [t.import.links, r.links],
    [t.import.created, r.created],
    [t.import.changed, r.changed],
    [t.import.same, r.same],
  ]
  return (
    <>
      {r.problems.length === 0 && (
        <Section title={r.dryRun ? t.import.checked : t.import.done}>
          <div className={css.numbers} role="status">
            {numbers.map(([label, n]) => (
              <div key={label}>
                <span className="meta">{label}</span>
                <strong>{number(n)}</strong>
              </div>
            ))}
          </div>
          <p className="row" style={{ color: 'var(--good)', marginTop: 12 }}>
            <IconCircleCheck size={16} aria-hidden />
            {r.created + r.changed === 0 ? t.import.nothing : t.import.good}
          </p>
        </Section>
      )}
      {r.problems.length > 0 && (
        <Section title={t.import.problems} aside={r.problems.length >= 500 && t.import.problemsFirst} flush>
          <DataTable<Shape['problems'][number]>
            name={t.import.problems}
            rows={r.problems}
            rowKey={(p) => `${p.row} ${p.column} ${p.path} ${p.message}`}
            empty={null}
            columns={[
              { key: 'row', header: t.import.row, number: true, width: '1%', cell: (p) => (p.row ? number(p.row) : ''), csv: (p) => p.row },
              { key: 'where', header: t.import.where, cell: (p) => <code>{p.column ?? p.path}</code>, csv: (p) => p.column ?? p.path },
              {
                key: 'message',
                header: t.import.message,
                csv: (p) => p.message,
                cell: (p) => (
                  <span>
                    {p.message}
                    {p.hint && (
                      <span className="meta" style={{ display: 'block' }}>
                        {p.hint}
                      </span>
                    )}
                  </span>
                ),
              },
            ]}
          />
        </Section>
      )}
      {r.changes.length > 0 && (
        <Section title={t.import.changes} flush>
          <DataTable<Shape['changes'][number]>
            name={t.import.changes}
            rows={r.changes}
            rowKey={(c) => c.anchor}
            empty={null}
            columns={[
              {
                key: 'anchor',
                header: t.import.anchor,
                csv: (c) => c.anchor,
                cell: (c) =>
                  r.dryRun && c.action === 'created' ? (
                    inWords(c.anchor)
                  ) : (
                    <Link to="/links/entry" search={{ anchor: c.anchor }}>
                      {inWords(c.anchor)}
                    </Link>
                  ),
              },
              { key: 'action', header: t.import.action, cell: (c) => t.import.actions[c.action], csv: (c) => c.action },
            ]}
          />
        </Section>
      )}
    </>
  )
}
