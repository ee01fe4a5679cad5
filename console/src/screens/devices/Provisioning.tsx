import { Button, Modal, NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, client, fieldErrors, load, type Schema } from '../../api'
import { number } from '../../format'
import { useCan } from '../../session'
import { Allowed } from '../../shell/states'
import { devices as t } from '../../text/devices'
import { ui } from '../../text/ui'
import { CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Page } from '../../ui/Page'
import { Time } from '../../ui/Time'
import { say } from '../../ui/Undo'
import { Secret } from './Credentials'

type Claim = Schema['Claim']

export function Provisioning() {
  const may = useCan()
  const [making, setMaking] = useState(false)
  const [made, setMade] = useState<Claim>()
  const add = may('device.admit') && <Button onClick={() => setMaking(true)}>{t.claims.make}</Button>
  return (
    <Page title={t.claims.title} lead={t.claims.lead} back={{ to: '/devices', label: t.title }} actions={add}>
      <Allowed action="device.read">
        <All add={add} />
      </Allowed>
      {making && (
        <Make
          close={() => setMaking(false)}
          done={(c) => {
            setMaking(false)
            setMade(c)
          }}
        />
      )}
      {made?.token && <Secret title={t.claims.secretTitle} hint={t.claims.secretHint} secret={made.token} close={() => setMade(undefined)} />}
    </Page>
  )
}

function All({ add }: { add: React.ReactNode }) {
  const may = useCan()
  const queries = useQueryClient()
  const query = useQuery(load('/claims'))
  const end = useMutation({
    mutationFn: (id: string) => answer(client.POST('/claims/{id}/end', { params: { path: { id } } })),
    onSuccess: () => {
      say(t.claims.ended)
      return queries.invalidateQueries({ queryKey: ['/claims'] })
    },
  })
  return (
    <div className="card">
      {end.error && <ErrorBox error={end.error} />}
      <DataTable<Claim>
        name={t.claims.title}
        rows={query.data?.items}
        error={query.error}
        retry={() => void query.refetch()}
        rowKey={(c) => c.id}
        aside={<CopyCall path="/claims" />}
        empty={<Empty title={t.claims.none} action={add}>{t.claims.noneHint}</Empty>}
        columns={[
          { key: 'title', header: t.claims.what, csv: (c) => c.title, cell: (c) => c.title || c.model },
          { key: 'model', header: t.model, hide: 'phone', csv: (c) => c.model, cell: (c) => c.model },
          { key: 'client', header: t.claims.clientId, hide: 'tablet', csv: (c) => c.clientId, cell: (c) => <code style={{ overflowWrap: 'anywhere' }}>{c.clientId}</code> },
          { key: 'used', header: t.claims.used, number: true, csv: (c) => c.used, cell: (c) => `${number(c.used)} / ${number(c.uses)}` },
          { key: 'state', header: t.state, csv: (c) => c.state, cell: (c) => t.claims.states[c.state] },
          { key: 'until', header: t.claims.until, hide: 'phone', csv: (c) => c.until, cell: (c) => <Time at={c.until} /> },
          {
            key: 'end',
            header: '',
            cell: (c) =>
              c.state === 'active' &&
              may('device.admit') && (
                <Button size="compact-xs" variant="subtle" color="red" onClick={() => end.mutate(c.id)}>
                  {t.claims.end}
                </Button>
              ),
          },
        ]}
      />
    </div>
  )
}

function Make({ close, done }: { close: () => void; done: (c: Claim) => void }) {
  const queries = useQueryClient()
  const brands = useQuery(load('/brands', { query: { limit: 100 } }))
  const models = useQuery(load('/models', { query: { limit: 100 } }))
  const [uses, setUses] = useState<number | string>(100)
  const make = useMutation({
    mutationFn: (body: Schema['NewClaim']) => answer(client.POST('/claims', { body })),
    onSuccess: async (c) => {
      await queries.invalidateQueries({ queryKey: ['/claims'] })
      done(c)
    },
  })
  const wrong = fieldErrors(make.error)
  return (
    <Modal opened onClose={close} title={t.claims.make} closeButtonProps={{ 'aria-label': ui.close }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          const form = new FormData(e.currentTarget)
          make.mutate({ brand: String(form.get('brand')), model: String(form.get('model')), title: String(form.get('title') ?? '').trim() || undefined, uses: Number(uses) })
        }}
      >
        {make.error && Object.keys(wrong).length === 0 && <ErrorBox error={make.error} />}
        <NativeSelect name="brand" label={t.brand} data={(brands.data?.items ?? []).map((b) => ({ value: b.slug, label: b.name }))} error={wrong.brand} />
        <NativeSelect name="model" label={t.model} data={(models.data?.items ?? []).map((m) => ({ value: m.name, label: m.title || m.name }))} error={wrong.model} />
        <TextInput name="title" label={t.claims.what} autoComplete="off" error={wrong.title} />
        <NumberInput label={t.claims.uses} value={uses} onChange={setUses} min={1} max={1_000_000} error={wrong.uses} />
        <div className="row">
          <Button type="submit" loading={make.isPending}>
            {t.claims.make}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
