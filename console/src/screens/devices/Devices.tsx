import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { IconAlertTriangle, IconBattery1, IconCircleCheck, IconCircleDashed, IconPlugConnectedX, IconSnowflake, IconVolumeOff, type Icon } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, client, fieldErrors, list, load, type Schema } from '../../api'
import { number } from '../../format'
import { useCan } from '../../session'
import { Allowed } from '../../shell/states'
import { devices as t } from '../../text/devices'
import { ui } from '../../text/ui'
import { CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Filters } from '../../ui/Filters'
import { LinkButton } from '../../ui/LinkButton'
import { Page, Section } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { Stat } from '../../ui/Stat'
import { StateChip, type Tone } from '../../ui/StateChip'
import { Time } from '../../ui/Time'
import { say } from '../../ui/Undo'
import css from './Devices.module.css'

const route = getRouteApi('/inside/devices')

type Device = Schema['Device']

const healths: Record<Device['health'], [Icon, Tone]> = {
  good: [IconCircleCheck, 'good'],
  waiting: [IconPlugConnectedX, 'neutral'],
  silent: [IconVolumeOff, 'warn'],
  'low-battery': [IconBattery1, 'warn'],
  frozen: [IconSnowflake, 'bad'],
  retired: [IconCircleDashed, 'neutral'],
  never: [IconCircleDashed, 'neutral'],
}

export function HealthChip({ health }: { health: Device['health'] }) {
  const [icon, tone] = healths[health] ?? [IconAlertTriangle, 'neutral']
  return (
    <StateChip icon={icon} tone={tone}>
      {t.healths[health]}
    </StateChip>
  )
}

export function Devices() {
  const may = useCan()
  const [adding, setAdding] = useState(false)
  const add = may('device.write') && <Button onClick={() => setAdding(true)}>{t.add}</Button>
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={
        <>
          <LinkButton to="/devices/provisioning">{t.claims.title}</LinkButton>
          <LinkButton to="/devices/letters">{t.letters.title}</LinkButton>
          {add}
        </>
      }
    >
      <Allowed action="device.read">
        <Fleet />
        <List add={add} />
      </Allowed>
      {adding && <Add close={() => setAdding(false)} />}
    </Page>
  )
}

function Fleet() {
  const query = useQuery({ ...load('/devices/fleet'), refetchInterval: 10_000 })
  const f = query.data
  if (query.error) return <ErrorBox error={query.error} retry={() => void query.refetch()} />
  if (!f) return null
  return (
    <>
      <div className={css.stats}>
        <Stat label={t.fleet.devices} value={f.devices} to="/devices" />
        <Stat label={t.fleet.connected} value={f.online} to="/devices" search={{ online: 'yes' }} note={t.fleet.intake(f.intake.stored, f.intake.refused + f.intake.invalid)} />
        <Stat label={t.fleet.frozen} value={f.frozen} to="/devices" search={{ state: 'frozen' }} tone="bad" />
        <Stat label={t.fleet.letters} value={f.letters} to="/devices/letters" tone="warn" />
      </div>
      {f.devices > 0 && (
        <div className="two">
          <Section title={t.fleet.byModel}>
            <ul className="stack-s">
              {f.models.map((m) => (
                <li key={m.model} className="row" style={{ justifyContent: 'space-between' }}>
                  <Link to="/devices" search={{ model: m.model }}>
                    {m.title || m.model}
                  </Link>
                  <span className="meta">{t.fleet.of(m.online, m.all)}</span>
                </li>
              ))}
            </ul>
          </Section>
          <Section title={t.fleet.where}>
            {f.spots.length === 0 ? <p className="meta">{t.fleet.noPlaces}</p> : <Spots spots={f.spots} />}
          </Section>
        </div>
      )}
    </>
  )
}

/** Where devices are, to a tenth of a degree: a drawing, and the same in words. */
function Spots({ spots }: { spots: Schema['FleetSpot'][] }) {
  const lats = spots.map((s) => s.latitude)
  const lons = spots.map((s) => s.longitude)
  const [south, north, west, east] = [Math.min(...lats) - 1, Math.max(...lats) + 1, Math.min(...lons) - 1, Math.max(...lons) + 1]
  const most = Math.max(...spots.map((s) => s.all))
  return (
    <>
      <svg viewBox="0 0 400 200" role="img" aria-label={t.fleet.where} style={{ width: '100%', background: 'var(--surface-2, transparent)', borderRadius: 8 }}>
        {spots.map((s) => (
          <circle
            key={`${s.latitude} ${s.longitude}`}
            cx={((s.longitude - west) / (east - west)) * 400}
            cy={200 - ((s.latitude - south) / (north - south)) * 200}
            r={4 + (s.all / most) * 8}
            fill={s.online > 0 ? 'var(--accent)' : 'none'}
            stroke="var(--accent)"
            strokeWidth={1.5}
            opacity={0.8}
          >
            <title>{t.fleet.of(s.online, s.all)}</title>
          </circle>
        ))}
      </svg>
      <p className="meta">
        {spots.slice(0, 3).map((s) => `${s.latitude.toFixed(1)}°, ${s.longitude.toFixed(1)}°: ${number(s.all)}`).join(' · ')}
      </p>
    </>
  )
}

function List({ add }: { add: React.ReactNode }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const models = useQuery(load('/models', { query: { limit: 100 } }))
  const query = useInfiniteQuery({ ...list('/devices', search), placeholderData: keepPreviousData, refetchInterval: 10_000 })
  const { rows, more } = rowsOf(query)
  const filtered = Object.values(search).some(Boolean)
  return (
    <>
      <Filters
        value={search}
        onChange={(next) => void navigate({ search: (s) => ({ ...s, ...next }), replace: true })}
        fields={[
          { kind: 'text', key: 'q', label: t.search },
          { kind: 'choice', key: 'model', label: t.model, options: (models.data?.items ?? []).map((m) => ({ value: m.name, label: m.title || m.name })) },
          { kind: 'choice', key: 'online', label: t.online, options: [{ value: 'yes', label: t.onlines.yes }, { value: 'no', label: t.onlines.no }] },
          { kind: 'choice', key: 'state', label: t.state, options: (['active', 'frozen', 'retired'] as const).map((s) => ({ value: s, label: t.states[s] })) },
        ]}
      />
      <div className="card">
        <DataTable<Device>
          name={t.title}
          rows={rows}
          more={more}
          error={query.error}
          retry={() => void query.refetch()}
          rowKey={(d) => d.id}
          to={(d) => ({ to: '/devices/$brand/$name', params: { brand: d.brand, name: d.name } as never })}
          aside={<CopyCall path="/devices" query={search} />}
          empty={filtered ? <Empty title={t.noneFiltered}>{t.noneFilteredHint}</Empty> : <Empty title={t.none} action={add}>{t.noneHint}</Empty>}
          columns={[
            {
              key: 'device',
              header: t.device,
              csv: (d) => d.id,
              cell: (d) => (
                <Link to="/devices/$brand/$name" params={{ brand: d.brand, name: d.name } as never}>
                  {d.title || d.name} <span className="meta mono">{d.title ? d.name : ''}</span>
                </Link>
              ),
            },
            { key: 'model', header: t.model, hide: 'phone', csv: (d) => d.model, cell: (d) => d.model },
            { key: 'health', header: t.health, csv: (d) => d.health, cell: (d) => <HealthChip health={d.health} /> },
            { key: 'household', header: t.household, hide: 'tablet', csv: (d) => d.household, cell: (d) => d.household },
            { key: 'software', header: t.software, hide: 'tablet', csv: (d) => d.firmware, cell: (d) => <span className="mono">{d.firmware}</span> },
            { key: 'heard', header: t.heard, hide: 'phone', csv: (d) => d.heard, cell: (d) => <Time at={d.heard} /> },
          ]}
        />
      </div>
    </>
  )
}

function Add({ close }: { close: () => void }) {
  const queries = useQueryClient()
  const brands = useQuery(load('/brands', { query: { limit: 100 } }))
  const models = useQuery(load('/models', { query: { limit: 100 } }))
  const make = useMutation({
    mutationFn: (d: Schema['NewDevice']) => answer(client.POST('/devices', { body: { devices: [d] } })),
    onSuccess: () => {
      say(t.registered)
      close()
      return queries.invalidateQueries({ queryKey: ['/devices'] })
    },
  })
  const wrong = fieldErrors(make.error)
  const at = (field: string) => wrong[`devices[0].${field}`]
  return (
    <Modal opened onClose={close} title={t.add} closeButtonProps={{ 'aria-label': ui.close }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          const form = new FormData(e.currentTarget)
          const text = (name: string) => String(form.get(name) ?? '').trim()
          make.mutate({ brand: text('brand'), name: text('name'), model: text('model'), title: text('title') || undefined, household: text('household') || undefined, gtin: text('gtin') || undefined, serial: text('serial') || undefined })
        }}
      >
        {make.error && Object.keys(wrong).length === 0 && <ErrorBox error={make.error} />}
        <NativeSelect name="brand" label={t.brand} data={(brands.data?.items ?? []).map((b) => ({ value: b.slug, label: b.name }))} error={at('brand')} />
        <TextInput name="name" label={t.name} description={t.nameHint} required withAsterisk={false} autoComplete="off" error={at('name')} data-autofocus />
        <NativeSelect name="model" label={t.model} data={(models.data?.items ?? []).map((m) => ({ value: m.name, label: m.title || m.name }))} error={at('model')} />
        <TextInput name="title" label={t.titleField} autoComplete="off" error={at('title')} />
        <TextInput name="household" label={t.household} autoComplete="off" />
        <div className="row">
          <TextInput name="gtin" label={t.gtin} autoComplete="off" error={at('gtin')} />
          <TextInput name="serial" label={t.serial} autoComplete="off" error={at('serial')} />
        </div>
        <div className="row">
          <Button type="submit" loading={make.isPending}>
            {t.save}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
