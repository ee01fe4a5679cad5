import { Button, Modal } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, client, load } from '../../api'
import { useCan } from '../../session'
import { devices as t } from '../../text/devices'
import { ui } from '../../text/ui'
import { Copy } from '../../ui/Copy'
import { ErrorBox } from '../../ui/ErrorBox'
import { Section } from '../../ui/Page'
import { Time } from '../../ui/Time'
import { say } from '../../ui/Undo'
import type { Device } from './Device'

/** How a device proves who it is. */
export function Credentials({ device: d }: { device: Device }) {
  const may = useCan()
  const queries = useQueryClient()
  const path = { brand: d.brand, name: d.name }
  const query = useQuery(load('/devices/{brand}/{name}/credentials', { path }))
  const [secret, setSecret] = useState('')
  const refresh = () => queries.invalidateQueries({ queryKey: ['/devices/{brand}/{name}/credentials'] })
  const make = useMutation({
    mutationFn: () => answer(client.POST('/devices/{brand}/{name}/credentials', { params: { path }, body: { kind: 'token' } })),
    onSuccess: (c) => {
      setSecret(c.secret ?? '')
      return refresh()
    },
  })
  const revoke = useMutation({
    mutationFn: (id: string) => answer(client.POST('/devices/{brand}/{name}/credentials/{id}/revocation', { params: { path: { ...path, id } } })),
    onSuccess: () => {
      say(t.credentials.revoked)
      return refresh()
    },
  })
  return (
    <Section
      title={t.credentials.title}
      aside={
        may('device.admit') && (
          <Button size="compact-sm" variant="default" loading={make.isPending} onClick={() => make.mutate()}>
            {t.credentials.make}
          </Button>
        )
      }
    >
      {query.error && <ErrorBox error={query.error} retry={() => void query.refetch()} />}
      {make.error && <ErrorBox error={make.error} />}
      {revoke.error && <ErrorBox error={revoke.error} />}
      {query.data?.items.length === 0 && <p className="meta">{t.credentials.none}</p>}
      <ul className="stack-s">
        {query.data?.items.map((c) => (
          <li key={c.id} className="row" style={{ justifyContent: 'space-between' }}>
            <span>
              {t.credentials.kind[c.kind]} <code>{c.hint}…</code>
              <br />
              <span className="meta">
                {t.credentials.states[c.state]}, {t.credentials.until} <Time at={c.until} />
              </span>
            </span>
            {may('device.admit') && (c.state === 'active' || c.state === 'pending') && (
              <Button size="compact-xs" variant="subtle" color="red" loading={revoke.isPending && revoke.variables === c.id} onClick={() => revoke.mutate(c.id)} aria-label={`${t.credentials.revoke}: ${c.hint}`}>
                {t.credentials.revoke}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {secret && <Secret title={t.credentials.secretTitle} hint={t.credentials.secretHint} secret={secret} close={() => setSecret('')} />}
    </Section>
  )
}

/** A secret that is told this once. */
export function Secret({ title, hint, secret, close }: { title: string; hint: string; secret: string; close: () => void }) {
  return (
    <Modal opened onClose={close} title={title} closeOnClickOutside={false} closeButtonProps={{ 'aria-label': ui.close }}>
      <div className="stack">
        <p className="dim">{hint}</p>
        <p className="mono" data-secret style={{ overflowWrap: 'anywhere' }}>
          {secret}
        </p>
        <div className="row">
          <Copy value={secret} variant="default" />
          <Button onClick={close}>{t.credentials.done}</Button>
        </div>
      </div>
    </Modal>
  )
}
