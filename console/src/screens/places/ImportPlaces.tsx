import { Button, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, client, type Schema } from '../../api'
import { number } from '../../format'
import { Allowed } from '../../shell/states'
import { places as t } from '../../text/places'
import { DataTable } from '../../ui/DataTable'
import { ErrorBox } from '../../ui/ErrorBox'
import { Facts } from '../../ui/Facts'
import { Page, Section } from '../../ui/Page'
import { say } from '../../ui/Undo'
import css from '../links/Links.module.css'

const example = `key,class,name,kind,country,latitude,longitude,free_zone,operator
9506000134352,location,Halden works,plant,NO,59.12,11.39,,417/9506000134352
9506000134369,location,Oslo duty free,shop,NO,60.19,11.10,yes,
(417)9506000134352,party,Halden Distillery,own,NO,,,,`

export function ImportPlaces() {
  return (
    <Page title={t.import.title} lead={t.import.lead} back={{ to: '/places', label: t.title }}>
      <Allowed action="place.write">
        <Form />
      </Allowed>
    </Page>
  )
}

function Form() {
  const queries = useQueryClient()
  const [file, setFile] = useState<File>()
  const [signer, setSigner] = useState('')
  const [over, setOver] = useState(false)
  const send = useMutation({
    mutationFn: (dryRun: boolean) =>
      answer(
        client.POST('/places/import', {
          params: { query: { dryRun, key: signer.trim() || undefined } },
          body: file as never,
          bodySerializer: (body: unknown) => body as Blob,
          headers: { 'Content-Type': 'text/csv' },
        }),
      ),
    onSuccess: (report) => {
      if (report.dryRun) return
      say(t.import.done)
      return queries.invalidateQueries({ queryKey: ['/places'] })
    },
  })
  const choose = (chosen: File | undefined) => {
    send.reset()
    setFile(chosen)
  }
  const r = send.data
  const differs = r ? r.created + r.changed : 0
  const ready = r?.dryRun && r.problems.length === 0 && differs > 0
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
            <label htmlFor="places-file">
              <strong>{t.import.file}</strong>
            </label>
            <span className="meta">{t.import.fileHint}</span>
            <input id="places-file" type="file" accept=".csv,.json,.xml,.txt" onChange={(e) => choose(e.currentTarget.files?.[0])} />
            {file && <span>{file.name}</span>}
          </div>
          <TextInput label={t.import.signer} description={t.import.signerHint} value={signer} onChange={(e) => setSigner(e.currentTarget.value)} autoComplete="off" spellCheck={false} />
          <div className="row">
            <Button type="submit" variant={ready ? 'default' : 'filled'} disabled={!file} loading={send.isPending}>
              {t.import.dryRun}
            </Button>
            {ready && (
              <Button onClick={() => send.mutate(false)} loading={send.isPending}>
                {t.import.run(number(differs))}
              </Button>
            )}
          </div>
        </form>
        {send.error && <ErrorBox error={send.error} />}
        {r && r.problems.length === 0 && (
          <Section title={r.dryRun ? t.import.checked : t.import.done}>
            <Facts
              items={[
                [t.import.entries, number(r.entries)],
                [t.import.created, number(r.created)],
                [t.import.changed, number(r.changed)],
                [t.import.same, number(r.same)],
              ]}
            />
            {differs === 0 && <p role="status">{t.import.nothing}</p>}
          </Section>
        )}
        {r && r.problems.length > 0 && (
          <Section title={t.import.problems} flush>
            <DataTable<Schema['PlaceProblem']>
              name={t.import.problems}
              rows={r.problems}
              rowKey={(p) => `${p.where} ${p.says}`}
              empty={null}
              columns={[
                { key: 'where', header: t.import.where, cell: (p) => <code>{p.where}</code>, csv: (p) => p.where },
                { key: 'what', header: t.import.what, cell: (p) => p.says, csv: (p) => p.says },
              ]}
            />
          </Section>
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
