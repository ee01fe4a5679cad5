import { Button, Modal, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { answer, client, fieldErrors, load, type Schema } from '../../api'
import { country, number, percent } from '../../format'
import { useCan } from '../../session'
import { Allowed, Waiting } from '../../shell/states'
import { alarms as t } from '../../text/alarms'
import { ui } from '../../text/ui'
import { CopyCall } from '../../ui/Copy'
import { ErrorBox } from '../../ui/ErrorBox'
import { Evidence } from '../../ui/Evidence'
import { Facts } from '../../ui/Facts'
import { Page, Section } from '../../ui/Page'
import { Time } from '../../ui/Time'
import { say } from '../../ui/Undo'
import { AlarmState, SeverityChip } from './Alarms'

const route = getRouteApi('/inside/alarms/$id')

type Detail = Schema['AlarmDetail']

export function Alarm() {
  const { id } = route.useParams()
  const query = useQuery(load('/alarms/{id}', { path: { id } }))
  return (
    <Page
      title={query.data?.title ?? t.title}
      back={{ to: '/alarms', label: t.title }}
      lead={
        query.data && (
          <span className="row">
            <AlarmState state={query.data.state} />
            <SeverityChip severity={query.data.severity} />
          </span>
        )
      }
      actions={<CopyCall path={`/alarms/${id}`} />}
    >
      <Allowed action="alarm.read">
        {query.error && <ErrorBox error={query.error} retry={() => void query.refetch()} />}
        {query.isLoading && <Waiting />}
        {query.data && <Shown alarm={query.data} />}
      </Allowed>
    </Page>
  )
}

function Shown({ alarm: a }: { alarm: Detail }) {
  return (
    <div className="two">
      <div className="stack">
        <Section title={t.facts}>
          <Facts
            items={[
              [t.expected, a.expected],
              [t.seen, <strong key="seen">{a.seen}</strong>],
              [t.when, <Time key="at" at={a.at} />],
              [t.raised, <Time key="raised" at={a.raisedAt} />],
              [t.thing, <Link key="thing" to="/ways" search={{ id: a.thing, tab: 'way' }} className="mono" style={{ overflowWrap: 'anywhere' }}>{a.thing.replace('https://id.gs1.org', '')}</Link>],
              [t.product, a.product],
              [t.country, a.country && country(a.country)],
              [t.party, a.party?.name],
              [t.decidedBy, a.decidedBy && <code key="by">{a.decidedBy}</code>],
              [t.reason, a.reason],
            ]}
          />
          {a.others > 0 && <p className="meta">{t.others(a.others)}</p>}
        </Section>
        <Section title={t.evidence}>
          <ol className="stack-s">
            {a.evidence.map((e) => (
              <li key={`${e.eventID}${e.tap}`}>
                <strong>{e.words}</strong>
                <p className="meta row">
                  <Time at={e.at} />
                  {e.tap ? <Evidence event={e.tap} /> : <span className="mono" style={{ overflowWrap: 'anywhere' }}>{e.eventID}</span>}
                </p>
              </li>
            ))}
          </ol>
        </Section>
        {a.events.length > 0 && (
          <Section title={t.events}>
            <pre className="mono" style={{ overflowX: 'auto' }} tabIndex={0} aria-label={t.events}>
              {JSON.stringify(a.events, null, 2)}
            </pre>
          </Section>
        )}
      </div>
      <div className="stack">
        <Decide alarm={a} />
        <Section title={t.lately}>
          <p>{a.about.words}</p>
          <Facts
            items={[
              [t.raisedLately, number(a.about.raised)],
              [t.confirmedLately, number(a.about.confirmed)],
              [t.dismissedLately, number(a.about.dismissed)],
              [t.correctedLately, number(a.about.corrected)],
            ]}
          />
          <p className="meta">{a.about.wrong === undefined ? t.undecided : t.wrong(percent(a.about.wrong, 1) || '0%')}</p>
        </Section>
      </div>
    </div>
  )
}

function Decide({ alarm: a }: { alarm: Detail }) {
  const may = useCan()
  const queries = useQueryClient()
  const [reason, setReason] = useState(a.reason ?? '')
  const [recalling, setRecalling] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const refresh = () => queries.invalidateQueries({ predicate: (q) => String(q.queryKey[0]).startsWith('/alarms') })
  const decide = useMutation({
    mutationFn: (decision: Schema['AlarmDecision']['decision']) =>
      answer(client.POST('/alarms/{id}/decision', { params: { path: { id: a.id } }, body: { decision, reason: reason.trim() || undefined } })),
    onSuccess: (done) => {
      say(t.decided(t.states[done.state]))
      return refresh()
    },
  })
  const can = may('alarm.decide') && a.state !== 'corrected'
  useEffect(() => {
    if (!can) return
    const key = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.metaKey || e.altKey || (e.target as HTMLElement).closest('input, textarea, select, [role=dialog]')) return
      if (e.key === 'c' && a.state !== 'confirmed') decide.mutate('confirmed')
      if (e.key === 'd') {
        e.preventDefault()
        field.current?.focus()
      }
    }
    window.addEventListener('keydown', key)
    return () => window.removeEventListener('keydown', key)
  }, [can, a.state, decide])
  if (a.state === 'corrected') {
    return (
      <Section title={t.decide}>
        <p>{t.correctedHint}</p>
      </Section>
    )
  }
  if (!can && !may('link.recall')) return null
  const wrong = fieldErrors(decide.error)
  return (
    <Section title={t.decide}>
      <div className="stack">
        {decide.error && !wrong.reason && <ErrorBox error={decide.error} />}
        {can && (
          <>
            <Textarea ref={field} label={t.reason} description={t.reasonHint} value={reason} onChange={(e) => setReason(e.currentTarget.value)} error={wrong.reason} maxLength={2000} autosize minRows={2} />
            <div className="row">
              <Button disabled={a.state === 'confirmed'} loading={decide.isPending} onClick={() => decide.mutate('confirmed')}>
                {t.confirm}
              </Button>
              <Button variant="default" disabled={a.state === 'dismissed'} onClick={() => decide.mutate('dismissed')}>
                {t.dismiss}
              </Button>
              {a.state !== 'open' && (
                <Button variant="default" onClick={() => decide.mutate('open')}>
                  {t.reopen}
                </Button>
              )}
            </div>
          </>
        )}
        {may('link.recall') && a.gtin && a.state !== 'recalled' && (
          <div>
            <Button variant="default" onClick={() => setRecalling(true)}>
              {t.recall}
            </Button>
          </div>
        )}
      </div>
      {recalling && <Recall alarm={a} close={() => setRecalling(false)} done={refresh} />}
    </Section>
  )
}

function Recall({ alarm: a, close, done }: { alarm: Detail; close: () => void; done: () => Promise<void> }) {
  const [scope, setScope] = useState<'item' | 'lot'>('item')
  const set = useMutation({
    mutationFn: (body: Schema['AlarmRecall']) => answer(client.POST('/alarms/{id}/recall', { params: { path: { id: a.id } }, body })),
    onSuccess: () => {
      say(t.recalled)
      close()
      return done()
    },
  })
  const wrong = fieldErrors(set.error)
  const at = (field: string) => wrong[field] ?? Object.entries(wrong).find(([path]) => path.endsWith(field))?.[1]
  return (
    <Modal opened onClose={close} title={t.recallTitle} closeButtonProps={{ 'aria-label': ui.close }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          const form = new FormData(e.currentTarget)
          set.mutate({ scope, href: String(form.get('href') ?? '').trim(), title: String(form.get('title') ?? '').trim() })
        }}
      >
        {set.error && <ErrorBox error={set.error} />}
        <p>{t.recallHint}</p>
        <NativeSelect
          label={t.scope}
          value={scope}
          onChange={(e) => setScope(e.currentTarget.value as 'item' | 'lot')}
          data={[{ value: 'item', label: t.scopes.item }, ...(a.lot ? [{ value: 'lot', label: t.lot(a.lot) }] : [])]}
        />
        <TextInput name="href" label={t.href} required withAsterisk={false} inputMode="url" autoComplete="off" error={at('href')} data-autofocus />
        <TextInput name="title" label={t.text} placeholder={t.textExample} required withAsterisk={false} error={at('title')} />
        <div>
          <Button type="submit" loading={set.isPending}>
            {t.go}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
