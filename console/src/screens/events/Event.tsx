import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { load, type Schema } from '../../api'
import { number } from '../../format'
import { Allowed, Waiting } from '../../shell/states'
import { events as t } from '../../text/events'
import { Copy, CopyCall } from '../../ui/Copy'
import { ErrorBox } from '../../ui/ErrorBox'
import { Facts } from '../../ui/Facts'
import { Page, Section } from '../../ui/Page'
import { Time } from '../../ui/Time'

const route = getRouteApi('/inside/events/$id')

export function Event() {
  const { id } = route.useParams()
  const query = useQuery({ ...load('/events/{id}', { path: { id } }), staleTime: Infinity })
  const found = query.data
  if (!found) {
    return (
      <Page title={t.title} lead={t.lead}>
        <Allowed action="event.read">
          {query.error ? <ErrorBox error={query.error} retry={() => void query.refetch()} /> : <Waiting />}
        </Allowed>
      </Page>
    )
  }
  const e = found.event
  const body = JSON.stringify(e.body, null, 2)
  return (
    <Page title={`${t.title} ${number(e.seq)}`} lead={t.lead} actions={<CopyCall path={`/events/${e.id}`} />}>
      <div className="two">
        <Section title={e.type} aside={<Copy value={body} />}>
          <pre className="mono" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }} tabIndex={0} aria-label={t.body}>
            {body}
          </pre>
        </Section>
        <div className="stack">
          <Section title={t.type}>
            <Facts
              items={[
                [t.type, e.type],
                [t.class, t.classes[e.class]],
                [t.at, <Time at={e.at} />],
                [t.recorded, <Time at={e.recordedAt} />],
                [t.source, e.source],
                [t.sourceId, e.sourceId && <span className="mono">{e.sourceId}</span>],
                [t.thing, e.thing && <Link to="/things/$id" params={{ id: e.thing }}>{e.thing}</Link>],
                [t.person, e.person],
                [t.id, <span className="mono">{e.id}</span>],
              ]}
            />
          </Section>
          <Section title={t.cause}>
            {found.cause ? <Linked events={[found.cause]} /> : <p className="dim">{t.noCause}</p>}
          </Section>
          <Section title={t.effects}>
            {found.effects.length > 0 ? <Linked events={found.effects} /> : <p className="dim">{t.noEffects}</p>}
          </Section>
        </div>
      </div>
    </Page>
  )
}

function Linked({ events }: { events: Schema['Event'][] }) {
  return (
    <ul className="stack-s">
      {events.map((e) => (
        <li key={e.id} className="row between">
          <Link to="/events/$id" params={{ id: e.id }}>
            {e.type}
          </Link>
          <Time at={e.at} />
        </li>
      ))}
    </ul>
  )
}
