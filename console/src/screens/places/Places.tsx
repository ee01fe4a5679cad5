import { Button, Checkbox, Modal, NativeSelect, TextInput } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, base, client, fieldErrors, list, load, type Schema } from '../../api'
import { country } from '../../format'
import { useCan } from '../../session'
import { Allowed } from '../../shell/states'
import { places as t } from '../../text/places'
import { ui } from '../../text/ui'
import { Copy, CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Filters } from '../../ui/Filters'
import { LinkButton } from '../../ui/LinkButton'
import { Page, Section } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { say } from '../../ui/Undo'

const route = getRouteApi('/inside/places')

type Place = Schema['Place']
type Kind = NonNullable<Place['kind']>

const kinds: Record<NonNullable<Place['class']>, Kind[]> = {
  location: ['plant', 'warehouse', 'port', 'customs', 'distributor', 'shop', 'outlet', 'other'],
  party: ['own', 'distributor', 'retailer', 'carrier', 'authority', 'other'],
}

export function Places() {
  const may = useCan()
  const [editing, setEditing] = useState<Place | 'new'>()
  const add = may('place.write') && <Button onClick={() => setEditing('new')}>{t.add}</Button>
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={
        <>
          {may('place.write') && <LinkButton to="/places/import">{t.importFile}</LinkButton>}
          {add}
        </>
      }
    >
      <Allowed action="place.read">
        <List add={add} edit={setEditing} />
        <Key />
      </Allowed>
      {editing && <Edit place={editing === 'new' ? undefined : editing} close={() => setEditing(undefined)} />}
    </Page>
  )
}

function List({ add, edit }: { add: React.ReactNode; edit: (p: Place) => void }) {
  const may = useCan()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const query = useInfiniteQuery({ ...list('/places', search), placeholderData: keepPreviousData })
  const { rows, more } = rowsOf(query)
  const filtered = Object.values(search).some(Boolean)
  return (
    <>
      <Filters
        value={search}
        onChange={(next) => void navigate({ search: (s) => ({ ...s, ...next }), replace: true })}
        fields={[
          { kind: 'text', key: 'q', label: t.search },
          { kind: 'choice', key: 'class', label: t.class, options: [{ value: 'location', label: t.classes.location }, { value: 'party', label: t.classes.party }] },
        ]}
      />
      <div className="card">
        <DataTable<Place>
          name={t.title}
          rows={rows}
          more={more}
          error={query.error}
          retry={() => void query.refetch()}
          rowKey={(p) => p.key}
          aside={
            <>
              <Button component="a" variant="subtle" size="compact-sm" href={`${base}/places/export`} download>
                {t.exportFile}
              </Button>
              <Button component="a" variant="subtle" size="compact-sm" href={`${base}/places/export?signed=true`} download>
                {t.signed}
              </Button>
              <CopyCall path="/places" query={search} />
            </>
          }
          empty={filtered ? <Empty title={t.noneFiltered}>{t.noneFilteredHint}</Empty> : <Empty title={t.none} action={add}>{t.noneHint}</Empty>}
          columns={[
            {
              key: 'name',
              header: t.name,
              csv: (p) => p.name,
              cell: (p) =>
                may('place.write') ? (
                  <Button variant="subtle" size="compact-sm" onClick={() => edit(p)} aria-label={`${t.edit}: ${p.name}`}>
                    {p.name}
                  </Button>
                ) : (
                  p.name
                ),
            },
            { key: 'kind', header: t.kind, hide: 'phone', csv: (p) => p.kind, cell: (p) => t.kinds[p.kind ?? 'other'] },
            { key: 'country', header: t.country, csv: (p) => p.country, cell: (p) => (p.country ? country(p.country) : '') },
            { key: 'free', header: t.freeZone, hide: 'tablet', csv: (p) => String(p.freeZone ?? false), cell: (p) => (p.freeZone ? t.freeZone : '') },
            { key: 'key', header: t.key, hide: 'phone', csv: (p) => p.key, cell: (p) => <span className="mono" style={{ overflowWrap: 'anywhere' }}>{p.key}</span> },
            { key: 'operator', header: t.operator, hide: 'tablet', csv: (p) => p.operator, cell: (p) => p.operator && <span className="mono">{p.operator}</span> },
          ]}
        />
      </div>
    </>
  )
}

/** By which signed lists of this server are checked. */
function Key() {
  const key = useQuery({ ...load('/places/key'), staleTime: Infinity })
  return (
    <Section title={t.publicKey} aside={key.data && <Copy value={key.data.key} />}>
      {key.error && <ErrorBox error={key.error} />}
      <p className="mono" style={{ overflowWrap: 'anywhere' }}>
        {key.data?.key}
      </p>
      <p className="meta">{t.publicKeyHint}</p>
    </Section>
  )
}

function Edit({ place: p, close }: { place?: Place; close: () => void }) {
  const queries = useQueryClient()
  const [kind, setKind] = useState<NonNullable<Place['class']>>(p?.class ?? 'location')
  const done = (message: string) => {
    say(message)
    close()
    return queries.invalidateQueries({ queryKey: ['/places'] })
  }
  const put = useMutation({
    mutationFn: (body: Place) => answer(client.PUT('/places/one', { body })),
    onSuccess: () => done(t.saved),
  })
  const remove = useMutation({
    mutationFn: () => answer(client.DELETE('/places/one', { params: { query: { key: p?.key ?? '' } } })),
    onSuccess: () => done(t.removed),
  })
  const wrong = fieldErrors(put.error)
  const located = kind === 'location'
  return (
    <Modal opened onClose={close} title={p ? t.editTitle : t.newTitle} closeButtonProps={{ 'aria-label': ui.close }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          const form = new FormData(e.currentTarget)
          const text = (name: string) => String(form.get(name) ?? '').trim() || undefined
          const number = (name: string) => (text(name) === undefined ? undefined : Number(text(name)?.replace(',', '.')))
          put.mutate({
            key: p?.key ?? text('key') ?? '',
            class: kind,
            name: text('name') ?? '',
            kind: text('kind') as Kind,
            country: text('country')?.toUpperCase(),
            latitude: located ? number('latitude') : undefined,
            longitude: located ? number('longitude') : undefined,
            freeZone: located && form.get('free') === 'on',
            parent: located ? text('parent') : undefined,
            operator: located ? text('operator') : undefined,
            radiusKm: p?.radiusKm,
          })
        }}
      >
        {(put.error ?? remove.error) && <ErrorBox error={put.error ?? remove.error} />}
        {!p && (
          <>
            <NativeSelect label={t.class} value={kind} onChange={(e) => setKind(e.currentTarget.value as 'location' | 'party')} data={[{ value: 'location', label: t.classes.location }, { value: 'party', label: t.classes.party }]} />
            <TextInput name="key" label={t.key} description={t.keyHint} required withAsterisk={false} autoComplete="off" error={wrong.key} data-autofocus />
          </>
        )}
        {p && <p className="mono">{p.key}</p>}
        <TextInput name="name" label={t.name} defaultValue={p?.name} required withAsterisk={false} autoComplete="off" error={wrong.name} />
        <NativeSelect name="kind" label={t.kind} defaultValue={p?.kind ?? 'other'} data={kinds[kind].map((k) => ({ value: k, label: t.kinds[k] }))} />
        <TextInput name="country" label={t.country} description={t.countryHint} defaultValue={p?.country} maxLength={2} autoComplete="off" error={wrong.country} />
        {located && (
          <>
            <div className="row">
              <TextInput name="latitude" label={t.latitude} inputMode="decimal" defaultValue={p?.latitude} autoComplete="off" error={wrong.latitude} />
              <TextInput name="longitude" label={t.longitude} inputMode="decimal" defaultValue={p?.longitude} autoComplete="off" error={wrong.longitude} />
            </div>
            <Checkbox name="free" label={t.free} defaultChecked={p?.freeZone} />
            <TextInput name="parent" label={t.parent} defaultValue={p?.parent} autoComplete="off" error={wrong.parent} />
            <TextInput name="operator" label={t.operator} description={t.operatorHint} defaultValue={p?.operator} autoComplete="off" error={wrong.operator} />
          </>
        )}
        <div className="row">
          <Button type="submit" loading={put.isPending}>
            {t.save}
          </Button>
          {p && (
            <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
              {t.remove}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  )
}
