import { Button, NumberInput, Switch } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, client, load, type Schema } from '../../api'
import { country, number, percent } from '../../format'
import { useCan } from '../../session'
import { Allowed, Waiting } from '../../shell/states'
import { alarms as t } from '../../text/alarms'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Page, Section } from '../../ui/Page'
import { say } from '../../ui/Undo'
import { SeverityChip } from './Alarms'

type Overview = Schema['AlarmOverview']
type Settings = Schema['AlarmSettings']

export function Rules() {
  return (
    <Page title={t.rulesTitle} lead={t.rulesLead} back={{ to: '/alarms', label: t.title }}>
      <Allowed action="alarm.read">
        <Shown />
      </Allowed>
    </Page>
  )
}

function Shown() {
  const overview = useQuery(load('/alarms/overview'))
  const settings = useQuery(load('/alarms/settings'))
  const error = overview.error ?? settings.error
  if (error) return <ErrorBox error={error} retry={() => void Promise.all([overview.refetch(), settings.refetch()])} />
  if (!overview.data || !settings.data) return <Waiting />
  return (
    <div className="stack">
      <Table overview={overview.data} settings={settings.data} />
      <div className="two">
        <Numbers key={settings.data.version} settings={settings.data} />
        <div className="stack">
          <Section title={t.markets} flush>
            <DataTable<Overview['markets'][number]>
              name={t.markets}
              rows={overview.data.markets}
              rowKey={(m) => m.country}
              empty={<Empty title={t.none} />}
              columns={[
                { key: 'country', header: t.country, csv: (m) => m.country, cell: (m) => <Link to="/alarms" search={{ country: m.country }}>{country(m.country)}</Link> },
                { key: 'count', header: t.alarms, number: true, csv: (m) => m.count, cell: (m) => number(m.count) },
              ]}
            />
          </Section>
          <Section title={t.parties} flush>
            <DataTable<Overview['parties'][number]>
              name={t.parties}
              rows={overview.data.parties}
              rowKey={(p) => p.party.key}
              empty={<Empty title={t.none} />}
              columns={[
                { key: 'party', header: t.party, csv: (p) => p.party.name, cell: (p) => <Link to="/alarms" search={{ party: p.party.key }}>{p.party.name}</Link> },
                { key: 'count', header: t.alarms, number: true, csv: (p) => p.count, cell: (p) => number(p.count) },
              ]}
            />
          </Section>
        </div>
      </div>
    </div>
  )
}

function useSave() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: Settings) => answer(client.PUT('/alarms/settings', { body })),
    onSuccess: () => {
      say(t.saved)
      return queries.invalidateQueries({ predicate: (q) => String(q.queryKey[0]).startsWith('/alarms') })
    },
  })
}

function Table({ overview, settings }: { overview: Overview; settings: Settings }) {
  const may = useCan()
  const save = useSave()
  const toggle = (rule: string, on: boolean) => save.mutate({ ...settings, off: on ? settings.off.filter((r) => r !== rule) : [...settings.off, rule] })
  return (
    <div className="card">
      {save.error && <ErrorBox error={save.error} />}
      <DataTable<Overview['rules'][number]>
        name={t.rulesTitle}
        rows={overview.rules}
        rowKey={(r) => r.rule}
        empty={null}
        columns={[
          {
            key: 'rule',
            header: t.rule,
            csv: (r) => r.title,
            cell: (r) => (
              <span>
                <Link to="/alarms" search={{ rule: r.rule }}>
                  {r.title}
                </Link>
                <span className="meta" style={{ display: 'block' }}>
                  {r.words}
                </span>
              </span>
            ),
          },
          { key: 'severity', header: t.severity, hide: 'phone', csv: (r) => r.severity, cell: (r) => <SeverityChip severity={r.severity} /> },
          { key: 'open', header: t.open, number: true, csv: (r) => r.open, cell: (r) => number(r.open) },
          { key: 'raised', header: t.raisedLately, number: true, hide: 'tablet', csv: (r) => r.raised, cell: (r) => number(r.raised) },
          { key: 'wrong', header: t.wrongShare, number: true, hide: 'phone', csv: (r) => r.wrong, cell: (r) => (r.wrong === undefined ? '' : percent(r.wrong, 1) || '0%') },
          {
            key: 'on',
            header: t.on,
            csv: (r) => String(r.on),
            cell: (r) => <Switch checked={r.on} disabled={!may('alarm.write') || save.isPending} onChange={(e) => toggle(r.rule, e.currentTarget.checked)} aria-label={`${t.on}: ${r.title}`} />,
          },
        ]}
      />
    </div>
  )
}

const plain = ['speedKmh', 'minKm', 'skewMinutes', 'transitDays', 'graceHours', 'sessions', 'sessionDays'] as const

function Numbers({ settings }: { settings: Settings }) {
  const may = useCan()
  const save = useSave()
  const [draft, setDraft] = useState(settings)
  const set = (change: Partial<Settings>) => setDraft((d) => ({ ...d, ...change }))
  const off = !may('alarm.write')
  return (
    <Section title={t.settings}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          save.mutate(draft)
        }}
      >
        {save.error && <ErrorBox error={save.error} />}
        {plain.map((name) => (
          <NumberInput key={name} label={t.names[name]} value={draft[name]} disabled={off} min={0} onChange={(v) => set({ [name]: Number(v) })} />
        ))}
        <NumberInput label={t.names.low} value={draft.temperature.low} disabled={off} onChange={(v) => set({ temperature: { ...draft.temperature, low: Number(v) } })} />
        <NumberInput label={t.names.high} value={draft.temperature.high} disabled={off} onChange={(v) => set({ temperature: { ...draft.temperature, high: Number(v) } })} />
        {!off && (
          <div>
            <Button type="submit" loading={save.isPending}>
              {t.save}
            </Button>
          </div>
        )}
      </form>
    </Section>
  )
}
