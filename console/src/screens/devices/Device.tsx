import { Button, NativeSelect } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, client, load, type Schema } from '../../api'
import { number } from '../../format'
import { useCan } from '../../session'
import { Allowed, Waiting } from '../../shell/states'
import { devices as t } from '../../text/devices'
import { CopyCall } from '../../ui/Copy'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Evidence } from '../../ui/Evidence'
import { Facts } from '../../ui/Facts'
import { Line } from '../../ui/Line'
import { Page, Section } from '../../ui/Page'
import { Time, useNow } from '../../ui/Time'
import { say } from '../../ui/Undo'
import { Care, Rhythm } from './Care'
import { Commands } from './Commands'
import { Credentials } from './Credentials'
import { HealthChip } from './Devices'
import { TwinTable } from './TwinTable'
import { unitOf } from './value'

const route = getRouteApi('/inside/devices/$brand/$name')

export type Device = Schema['Device']

export function DevicePage() {
  const path = route.useParams()
  const query = useQuery({ ...load('/devices/{brand}/{name}', { path }), refetchInterval: 5000 })
  const d = query.data
  return (
    <Page title={d?.title || path.name} back={{ to: '/devices', label: t.title }} lead={d && <HealthChip health={d.health} />} actions={<CopyCall path={`/devices/${path.brand}/${path.name}`} />}>
      <Allowed action="device.read">
        {query.error && <ErrorBox error={query.error} retry={() => void query.refetch()} />}
        {query.isLoading && <Waiting />}
        {d && (
          <div className="two">
            <div className="stack">
              <TwinTable device={d} />
              <Readings device={d} />
              <Moments device={d} />
            </div>
            <div className="stack">
              <About device={d} />
              <Commands device={d} />
              <Care device={d} />
              <Rhythm device={d} />
              <Credentials device={d} />
            </div>
          </div>
        )}
      </Allowed>
    </Page>
  )
}

function About({ device: d }: { device: Device }) {
  const may = useCan()
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: (state: Device['state']) => answer(client.PATCH('/devices/{brand}/{name}', { params: { path: { brand: d.brand, name: d.name } }, body: { state } })),
    onSuccess: (_, state) => {
      say({ active: t.activeNow, frozen: t.frozenNow, retired: t.retiredNow }[state])
      return queries.invalidateQueries({ predicate: (q) => String(q.queryKey[0]).startsWith('/devices') })
    },
  })
  return (
    <Section title={t.facts}>
      <Facts
        items={[
          [t.model, <Link key="model" to="/devices/detectors" search={{ model: d.model, device: d.id }}>{d.model}</Link>],
          [t.id, <code key="id">{`${d.brand}_${d.name}`}</code>],
          [t.household, d.household],
          [t.software, d.firmware && <code key="fw">{d.firmware}</code>],
          [t.battery, d.battery !== undefined && `${number(Math.round(d.battery))}%`],
          [t.zone, d.zone],
          [d.online ? t.online : t.since, <Time key="since" at={d.since} />],
          [t.heard, <Time key="heard" at={d.heard} />],
          [t.gtin, d.gtin],
          [t.serial, d.serial && <Link key="serial" to="/things/$id" params={{ id: d.thingId } as never}>{d.serial}</Link>],
          [t.reason, d.reason],
        ]}
      />
      {change.error && <ErrorBox error={change.error} />}
      {may('device.write') && (
        <div className="row">
          {d.state === 'active' ? (
            <Button variant="default" loading={change.isPending} onClick={() => change.mutate('frozen')}>
              {t.freeze}
            </Button>
          ) : (
            <Button variant="default" loading={change.isPending} onClick={() => change.mutate('active')}>
              {t.thaw}
            </Button>
          )}
          {d.state !== 'retired' && (
            <Button variant="subtle" color="red" loading={change.isPending} onClick={() => change.mutate('retired')}>
              {t.retire}
            </Button>
          )}
        </div>
      )}
    </Section>
  )
}

const spans = ['24', '168', '720'] as const

function Readings({ device: d }: { device: Device }) {
  const twin = useQuery(load('/devices/{brand}/{name}/twin', { path: { brand: d.brand, name: d.name } }))
  const names = (twin.data?.leaves ?? []).filter((l) => !l.place)
  const [picked, setPicked] = useState('')
  const [span, setSpan] = useState<(typeof spans)[number]>('168')
  const property = picked || names.find((l) => l.unit)?.name || names[0]?.name || ''
  const minute = Math.ceil(useNow().getTime() / 60_000) * 60_000
  const from = minute - Number(span) * 3_600_000
  const query = useQuery({
    ...load('/devices/{brand}/{name}/series', { path: { brand: d.brand, name: d.name }, query: { property, from: new Date(from).toISOString(), to: new Date(minute).toISOString(), points: 200 } }),
    enabled: Boolean(property),
    refetchInterval: 10_000,
  })
  const leaf = names.find((l) => l.name === property)
  return (
    <Section title={t.readings.title}>
      <div className="row">
        <NativeSelect label={t.readings.property} value={property} onChange={(e) => setPicked(e.currentTarget.value)} data={names.map((l) => ({ value: l.name, label: l.title || l.name }))} />
        <NativeSelect label={t.readings.time} value={span} onChange={(e) => setSpan(e.currentTarget.value as (typeof spans)[number])} data={spans.map((s) => ({ value: s, label: t.readings.hours[s] }))} />
      </div>
      {query.error && <ErrorBox error={query.error} retry={() => void query.refetch()} />}
      {query.data?.points.length === 0 && <p className="meta">{t.readings.none}</p>}
      {query.data && query.data.points.length > 0 && <Line title={leaf?.title || property} unit={unitOf(query.data.unit)} points={query.data.points} from={from} to={minute} />}
      {query.data?.more && <p className="meta">{t.readings.more}</p>}
    </Section>
  )
}

function Moments({ device: d }: { device: Device }) {
  const query = useQuery({ ...load('/devices/{brand}/{name}/moments', { path: { brand: d.brand, name: d.name }, query: { limit: 20 } }), refetchInterval: 10_000 })
  return (
    <Section title={t.moments.title}>
      {query.error && <ErrorBox error={query.error} retry={() => void query.refetch()} />}
      {query.data?.items.length === 0 && <Empty title={t.moments.none}>{t.moments.noneHint}</Empty>}
      <MomentList items={query.data?.items ?? []} />
    </Section>
  )
}

export function MomentList({ items }: { items: Schema['DeviceMoment'][] }) {
  return (
    <ol className="stack-s">
      {items.map((m) => (
        <li key={`${m.moment} ${m.at} ${m.cause ?? ''}`}>
          <strong>{m.title || m.moment}</strong>
          <p className="meta">
            <Time at={m.at} /> {m.because} {m.eventId && <Evidence event={m.eventId} short />}
          </p>
        </li>
      ))}
    </ol>
  )
}
