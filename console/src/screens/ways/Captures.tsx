import { Button, Checkbox } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconAlertTriangle, IconCircleCheck, IconClock, IconShieldX, IconUpload } from '@tabler/icons-react'
import { useId, useState, type DragEvent } from 'react'
import { Problem } from '../../api'
import { toCsv } from '../../csv'
import { number } from '../../format'
import { useCan } from '../../session'
import { Waiting } from '../../shell/states'
import { ways as t } from '../../text/ways'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Section } from '../../ui/Page'
import { StateChip } from '../../ui/StateChip'
import { Time } from '../../ui/Time'
import { capture, jobs, job as oneJob, mediaOf, type Job } from './epcis'
import css from './Ways.module.css'

export function Captures() {
  const may = useCan()
  const [open, setOpen] = useState<string>()
  const query = useQuery({
    queryKey: ['/epcis/capture'],
    queryFn: ({ signal }) => jobs(signal),
    refetchInterval: (q) => (q.state.data?.some((j) => j.running) ? 1000 : false),
  })
  return (
    <div className="stack">
      {may('trace.capture') && <Drop done={(j) => setOpen(j.success ? undefined : j.captureID)} />}
      {open && <Wrong id={open} close={() => setOpen(undefined)} />}
      <DataTable
        name={t.captures.title}
        rows={query.data}
        rowKey={(j) => j.captureID}
        error={query.error}
        retry={() => void query.refetch()}
        empty={<Empty title={t.captures.none}>{t.captures.noneHint}</Empty>}
        columns={[
          { key: 'when', header: t.captures.when, cell: (j) => <Time at={j.createdAt} />, csv: (j) => j.createdAt },
          { key: 'state', header: t.captures.state, cell: (j) => <State job={j} />, csv: (j) => String(j.success) },
          { key: 'events', header: t.captures.events, number: true, hide: 'phone', cell: (j) => number(j.counts.events), csv: (j) => j.counts.events },
          { key: 'stored', header: t.captures.stored, number: true, hide: 'phone', cell: (j) => number(j.counts.stored), csv: (j) => j.counts.stored },
          { key: 'repeated', header: t.captures.repeated, number: true, hide: 'phone', cell: (j) => number(j.counts.repeated), csv: (j) => j.counts.repeated },
          {
            key: 'refused',
            header: t.captures.refused,
            number: true,
            cell: (j) =>
              j.counts.refused > 0 ? (
                <Button size="compact-xs" variant="subtle" onClick={() => setOpen(j.captureID)} aria-label={`${t.captures.show}: ${number(j.counts.refused)}`}>
                  {number(j.counts.refused)}
                </Button>
              ) : (
                number(0)
              ),
            csv: (j) => j.counts.refused,
          },
        ]}
      />
    </div>
  )
}

function State({ job: j }: { job: Job }) {
  if (j.running) return <StateChip icon={IconClock}>{t.captures.running}</StateChip>
  if (j.success) return <StateChip icon={IconCircleCheck} tone="good">{t.captures.good}</StateChip>
  if (j.counts.stored > 0) return <StateChip icon={IconAlertTriangle} tone="warn">{t.captures.partly}</StateChip>
  return <StateChip icon={IconShieldX} tone="bad">{t.captures.bad}</StateChip>
}

function Drop({ done }: { done: (j: Job) => void }) {
  const id = useId()
  const queries = useQueryClient()
  const [proceed, setProceed] = useState(false)
  const [over, setOver] = useState(false)
  const send = useMutation({
    mutationFn: async (file: File) => {
      const media = mediaOf(file.name)
      if (!media) throw new Problem(415, 'unsupported', t.captures.wrongFile, t.captures.wrongFile, t.captures.dropHint)
      return capture(file, media, proceed)
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: ['/epcis/capture'] }),
    onSuccess: done,
  })
  const drop = (e: DragEvent) => {
    e.preventDefault()
    setOver(false)
    const file = e.dataTransfer.files[0]
    if (file) send.mutate(file)
  }
  return (
    <>
      <div
        className={`card ${css.drop}`}
        data-over={over || undefined}
        onDragOver={(e) => {
          e.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <IconUpload aria-hidden />
        <p className={css.step}>{send.isPending ? t.captures.sending(send.variables.name) : t.captures.drop}</p>
        <p className="meta">{t.captures.dropHint}</p>
        <label htmlFor={id} className={css.choose}>
          {t.captures.choose}
        </label>
        <input
          id={id}
          type="file"
          accept=".json,.jsonld,.xml"
          disabled={send.isPending}
          onChange={(e) => {
            const file = e.currentTarget.files?.[0]
            e.currentTarget.value = ''
            if (file) send.mutate(file)
          }}
        />
        <Checkbox label={t.captures.proceed} checked={proceed} onChange={(e) => setProceed(e.currentTarget.checked)} />
      </div>
      {send.error && <ErrorBox error={send.error} />}
    </>
  )
}

/** What is wrong in a document, line by line. */
function Wrong({ id, close }: { id: string; close: () => void }) {
  const query = useQuery({ queryKey: ['/epcis/capture', id], queryFn: ({ signal }) => oneJob(id, signal) })
  const errors = query.data?.errors ?? []
  const save = () => {
    const text = toCsv([[t.captures.line, t.captures.where, 'eventID', t.captures.what], ...errors.map((e) => [e.line ?? '', e.pointer ?? '', e.eventID ?? '', e.detail])])
    const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
    const a = document.createElement('a')
    a.href = url
    a.download = `${id}.csv`
    a.click()
    URL.revokeObjectURL(url)
  }
  return (
    <Section
      title={query.data ? t.captures.problems(errors.length) : t.captures.show}
      aside={
        <div className="row">
          <Button size="xs" variant="default" onClick={save} disabled={errors.length === 0}>
            {t.captures.download}
          </Button>
          <Button size="xs" variant="subtle" onClick={close}>
            {t.captures.close}
          </Button>
        </div>
      }
    >
      {query.error && <ErrorBox error={query.error} retry={() => void query.refetch()} />}
      {query.isLoading && <Waiting />}
      <ul className="stack-s">
        {errors.slice(0, 200).map((e, i) => (
          <li key={i}>
            <p>{e.detail}</p>
            <p className="meta mono" style={{ overflowWrap: 'anywhere' }}>
              {[e.pointer, e.eventID].filter(Boolean).join(' · ')}
            </p>
          </li>
        ))}
      </ul>
    </Section>
  )
}
