import { Button, Tabs, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { load, Problem, type Schema } from '../../api'
import { country } from '../../format'
import { Allowed, Waiting } from '../../shell/states'
import type { WaysTab } from '../../search'
import { useCan } from '../../session'
import { ways as t } from '../../text/ways'
import { Copy, CopyCall } from '../../ui/Copy'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Evidence } from '../../ui/Evidence'
import { Facts } from '../../ui/Facts'
import { Page, Section } from '../../ui/Page'
import { Time } from '../../ui/Time'
import { Captures } from './Captures'
import { Queries } from './Queries'
import { RecallRoom } from './RecallRoom'
import { SurveyTab } from './Survey'
import css from './Ways.module.css'

const route = getRouteApi('/inside/ways')

const tabs: { value: WaysTab; action: string; panel: React.ReactNode }[] = [
  { value: 'map', action: 'way.read', panel: <SurveyTab /> },
  { value: 'way', action: 'way.read', panel: <Follow /> },
  { value: 'lots', action: 'way.read', panel: <RecallRoom /> },
  { value: 'captures', action: 'trace.read', panel: <Captures /> },
  { value: 'queries', action: 'trace.read', panel: <Queries /> },
]

export function Ways() {
  const { tab, id } = route.useSearch()
  const navigate = route.useNavigate()
  const may = useCan()
  const shown = tab ?? (id ? 'way' : may('way.read') ? 'map' : 'captures')
  return (
    <Page title={t.title} lead={t.lead} actions={id && shown === 'way' ? <CopyCall path={`/traces/way?id=${encodeURIComponent(id)}`} /> : undefined}>
      <Tabs value={shown} onChange={(v) => void navigate({ search: (s) => ({ ...s, tab: (v ?? undefined) as WaysTab | undefined }), replace: true })} keepMounted={false}>
        <Tabs.List>
          {tabs.map((x) => (
            <Tabs.Tab key={x.value} value={x.value}>
              {t.tabs[x.value]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map((x) => (
          <Tabs.Panel key={x.value} value={x.value} pt="md">
            <Allowed action={x.action}>{x.panel}</Allowed>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  )
}

/** An instant as a datetime-local field has it, in UTC. */
const local = (at: string | undefined): string => (at ? at.slice(0, 16) : '')

function Follow() {
  const { id = '', at } = route.useSearch()
  const navigate = route.useNavigate()
  const [typed, setTyped] = useState(id)
  const [when, setWhen] = useState(local(at))
  const [shown, setShown] = useState(id)
  if (shown !== id) {
    // Another thing was followed by a link on this screen.
    setShown(id)
    setTyped(id)
  }
  const query = useQuery({ ...load('/traces/way', { query: { id, at } }), enabled: id !== '' })
  return (
    <div className="stack">
      <form
        className={`card pad ${css.form}`}
        role="search"
        onSubmit={(e) => {
          e.preventDefault()
          void navigate({ search: (s) => ({ ...s, tab: 'way' as const, id: typed.trim() || undefined, at: when ? `${when}:00Z` : undefined }) })
        }}
      >
        <TextInput label={t.id} description={t.idHint} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} spellCheck={false} autoComplete="off" />
        <TextInput label={`${t.at} (UTC)`} description={t.atHint} type="datetime-local" value={when} onChange={(e) => setWhen(e.currentTarget.value)} />
        <Button type="submit" disabled={!typed.trim()}>
          {t.go}
        </Button>
      </form>
      <div aria-live="polite" className="stack">
        {id === '' && (
          <div className="card">
            <Empty title={t.nothing}>{t.nothingHint}</Empty>
          </div>
        )}
        {query.error instanceof Problem && query.error.status === 404 ? (
          <div className="card">
            <Empty title={t.unknown}>{query.error.hint}</Empty>
          </div>
        ) : (
          query.error && <ErrorBox error={query.error} retry={() => void query.refetch()} />
        )}
        {query.isLoading && <Waiting />}
        {query.data && <Way way={query.data} />}
      </div>
    </div>
  )
}

/** A thing, a container or a place, short, that leads on to its way. */
function Other({ id }: { id: string }) {
  const { at } = route.useSearch()
  return (
    <Link to="/ways" search={{ id, at, tab: 'way' }} className="mono" style={{ overflowWrap: 'anywhere' }}>
      {id.replace('https://id.gs1.org', '')}
    </Link>
  )
}

const plain = (id: string | undefined) => id && <span className="mono">{id.replace('https://id.gs1.org', '')}</span>
const moment = (at: string | undefined) => at && <Time at={at} />

function Way({ way: w }: { way: Schema['TraceWay'] }) {
  const may = useCan()
  const s = w.state
  return (
    <div className="two">
      <Section title={t.way} aside={<Copy value={w.id} />}>
        <ol className={css.way}>
          {w.entries.map((e, i) => (
            <li key={`${e.eventID ?? e.event}${i}`} data-via={e.via.length > 0 || undefined} data-kind={e.kind}>
              <p className={css.step}>{e.kind === 'event' ? t.words(e.step?.split(/[/#:-]/).pop() || e.type || '') : e.title}</p>
              <p className="meta row">
                <Time at={e.at} />
                {e.kind !== 'event' && <span>{t.kinds[e.kind]}</span>}
                {e.disposition && <span>{t.words(e.disposition.split(/[/#:-]/).pop() ?? '')}</span>}
                {e.place && (e.placeName ? <span>{e.placeName}</span> : <span className="mono">{e.place.replace('https://id.gs1.org', '')}</span>)}
                {e.country && <span>{country(e.country)}</span>}
              </p>
              {e.via.length > 0 && <p className="meta">{t.via(e.via.map((v) => v.replace('https://id.gs1.org', '')).join(', '))}</p>}
              {e.parent && (
                <p className="meta">
                  {t.into}: <Other id={e.parent} />
                </p>
              )}
              {e.event ? (
                <Evidence event={e.event} />
              ) : (
                <p className="meta mono" style={{ overflowWrap: 'anywhere' }}>
                  {e.eventID}
                </p>
              )}
            </li>
          ))}
        </ol>
      </Section>
      <div className="stack">
        <Section title={t.state}>
          <Facts
            items={[
              [t.id, plain(w.id)],
              [t.step, s.step && t.words(s.step)],
              [t.disposition, s.disposition && t.words(s.disposition)],
              [t.place, s.placeName ? [s.placeName, s.country && country(s.country)].filter(Boolean).join(', ') : plain(s.place ?? s.readPoint)],
              [t.since, moment(s.since)],
              [t.container, s.container?.[0] && <Other id={s.container[0]} />],
              [t.destination, s.destinationName ?? plain(s.destination)],
              [t.owner, plain(s.owner)],
              [t.possessor, plain(s.possessor)],
              [t.lot, s.lot],
              [t.best, s.bestBefore],
              [t.born, moment(s.bornAt)],
              [t.shipped, moment(s.shippedAt)],
              [t.received, moment(s.receivedAt)],
              [t.stocked, moment(s.stockedAt)],
              [t.sold, moment(s.soldAt)],
              [t.opened, moment(s.openedAt)],
              [t.ended, moment(s.endedAt)],
              [t.recalled, moment(s.recalledAt)],
              [t.stolen, moment(s.stolenAt)],
            ]}
          />
          {w.gtin && w.serial && may('thing.read') && (
            <Link to="/things/$id" params={{ id: `${w.gtin}.${w.serial}` }}>
              {t.thing}
            </Link>
          )}
        </Section>
        <Suspected id={w.id} />
        {(w.lineage ?? []).length > 0 && (
          <Section title={t.lineage}>
            <ul className="stack-s">
              {(w.lineage ?? []).map((l) => (
                <li key={l.eventID}>
                  <p className="meta row">
                    <Time at={l.at} />
                    <span>{t.lineageOf(l.inputs.length, l.outputs.length)}</span>
                  </p>
                  {[...l.inputs, ...l.outputs].filter((x) => x !== w.id).slice(0, 20).map((x) => (
                    <p key={x}>
                      <Other id={x} />
                    </p>
                  ))}
                </li>
              ))}
            </ul>
          </Section>
        )}
        {w.contents.length > 0 && (
          <Section title={t.contents}>
            <ul className="stack-s">
              {w.contents.map((c) => (
                <li key={c}>
                  <Other id={c} />
                </li>
              ))}
            </ul>
          </Section>
        )}
      </div>
    </div>
  )
}

/** The way to the open alarms about a thing. */
function Suspected({ id }: { id: string }) {
  const may = useCan()
  const query = useQuery({ ...load('/alarms', { query: { thing: id, state: 'open', limit: 50 } }), enabled: may('alarm.read') })
  const found = query.data?.items ?? []
  if (found.length === 0) return null
  return (
    <Section title={t.alarms(found.length)}>
      <ul className="stack-s">
        {found.map((a) => (
          <li key={a.id}>
            <Link to="/alarms/$id" params={{ id: a.id } as never}>
              {a.title}
            </Link>
            <p className="meta">{a.seen}</p>
          </li>
        ))}
      </ul>
    </Section>
  )
}
