import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { IconAlertOctagon, IconAlertTriangle, IconArrowBackUp, IconCircleCheck, IconCircleDashed, IconCircleX, IconInfoCircle, IconUrgent } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { list, load, type Schema } from '../../api'
import { country } from '../../format'
import { alarmStates, severities } from '../../search'
import { Allowed } from '../../shell/states'
import { alarms as t } from '../../text/alarms'
import { CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { Filters } from '../../ui/Filters'
import { LinkButton } from '../../ui/LinkButton'
import { Page } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { StateChip } from '../../ui/StateChip'
import { Time } from '../../ui/Time'

const route = getRouteApi('/inside/alarms')

type Alarm = Schema['Alarm']

export function Alarms() {
  return (
    <Page title={t.title} lead={t.lead} actions={<LinkButton to="/alarms/rules">{t.rules}</LinkButton>}>
      <Allowed action="alarm.read">
        <Queue />
      </Allowed>
    </Page>
  )
}

function Queue() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  // What is to be decided comes first; "any" is asked for by name.
  const { state = 'open', ...rest } = search
  const asked = { ...rest, state: state === 'any' ? undefined : state }
  const query = useInfiniteQuery({ ...list('/alarms', asked), placeholderData: keepPreviousData })
  const overview = useQuery(load('/alarms/overview'))
  const { rows, more } = rowsOf(query)
  const filtered = Object.values(search).some(Boolean)
  return (
    <>
      <Filters
        value={{ ...rest, state: state === 'any' ? undefined : state }}
        onChange={(next) => void navigate({ search: (s) => ({ ...s, ...next, ...('state' in next ? { state: next.state ?? ('any' as const) } : {}) }), replace: true })}
        fields={[
          { kind: 'choice', key: 'state', label: t.state, options: alarmStates.map((s) => ({ value: s, label: t.states[s] })) },
          { kind: 'choice', key: 'severity', label: t.severity, options: severities.map((s) => ({ value: s, label: t.severities[s] })) },
          { kind: 'choice', key: 'rule', label: t.rule, options: (overview.data?.rules ?? []).map((r) => ({ value: r.rule, label: r.title })) },
          { kind: 'text', key: 'gtin', label: t.gtin },
        ]}
      />
      <div className="card">
        <DataTable<Alarm>
          name={t.title}
          rows={rows}
          more={more}
          error={query.error}
          retry={() => void query.refetch()}
          rowKey={(a) => a.id}
          to={(a) => ({ to: '/alarms/$id', params: { id: a.id } as never })}
          aside={
            <>
              <span className="meta">{t.keys}</span>
              <CopyCall path="/alarms" query={asked} />
            </>
          }
          empty={filtered ? <Empty title={t.noneFiltered}>{t.noneFilteredHint}</Empty> : <Empty title={t.none}>{t.noneHint}</Empty>}
          columns={[
            {
              key: 'what',
              header: t.what,
              csv: (a) => a.title,
              cell: (a) => (
                <span>
                  <Link to="/alarms/$id" params={{ id: a.id } as never}>
                    {a.title}
                  </Link>
                  <span className="meta" style={{ display: 'block' }}>
                    {a.seen}
                  </span>
                </span>
              ),
            },
            { key: 'severity', header: t.severity, hide: 'phone', csv: (a) => a.severity, cell: (a) => <SeverityChip severity={a.severity} /> },
            {
              key: 'thing',
              header: t.thing,
              hide: 'tablet',
              csv: (a) => a.thing,
              cell: (a) => (
                <span>
                  {a.product}
                  <span className="meta mono" style={{ display: 'block' }}>
                    {a.serial ?? a.key}
                  </span>
                </span>
              ),
            },
            { key: 'country', header: t.country, hide: 'phone', csv: (a) => a.country, cell: (a) => (a.country ? country(a.country) : '') },
            { key: 'party', header: t.party, hide: 'tablet', csv: (a) => a.party?.name, cell: (a) => a.party?.name ?? '' },
            { key: 'when', header: t.when, hide: 'phone', csv: (a) => a.at, cell: (a) => <Time at={a.at} /> },
            { key: 'state', header: t.state, csv: (a) => a.state, cell: (a) => <AlarmState state={a.state} /> },
          ]}
        />
      </div>
    </>
  )
}

export function SeverityChip({ severity }: { severity: Alarm['severity'] }) {
  const look = { high: [IconUrgent, 'bad'], medium: [IconAlertTriangle, 'warn'], low: [IconInfoCircle, 'neutral'] } as const
  const [icon, tone] = look[severity]
  return (
    <StateChip icon={icon} tone={tone}>
      {t.severities[severity]}
    </StateChip>
  )
}

export function AlarmState({ state }: { state: Alarm['state'] }) {
  const look = {
    open: [IconCircleDashed, 'info'],
    confirmed: [IconCircleCheck, 'bad'],
    dismissed: [IconCircleX, 'neutral'],
    recalled: [IconAlertOctagon, 'bad'],
    corrected: [IconArrowBackUp, 'neutral'],
  } as const
  const [icon, tone] = look[state]
  return (
    <StateChip icon={icon} tone={tone}>
      {t.states[state]}
    </StateChip>
  )
}
