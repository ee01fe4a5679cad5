import { Button, Modal, TextInput } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { IconCircleCheck, IconCircleOff, IconClockOff } from '@tabler/icons-react'
import { useState } from 'react'
import { answer, client, list, type Schema } from '../../api'
import { useCan } from '../../session'
import { team as t } from '../../text/team'
import { ui } from '../../text/ui'
import { CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { rowsOf } from '../../ui/rows'
import { StateChip } from '../../ui/StateChip'
import { Time } from '../../ui/Time'
import { say } from '../../ui/Undo'
import { NewKey } from './NewKey'

type Key = Schema['Key']

const icons = { active: IconCircleCheck, expired: IconClockOff, revoked: IconCircleOff }

export function Keys() {
  const query = useInfiniteQuery(list('/keys'))
  const can = useCan()
  const write = can('key.write')
  const [creating, setCreating] = useState(false)
  const [revoking, setRevoking] = useState<Key>()
  const { rows, more } = rowsOf(query)
  const create = (
    <Button onClick={() => setCreating(true)} disabled={!write}>
      {t.keys.create}
    </Button>
  )
  return (
    <div className="card">
      {write && (rows?.length ?? 0) > 0 && (
        <div className="pad row" style={{ justifyContent: 'flex-end', paddingBottom: 4 }}>
          {create}
        </div>
      )}
      <DataTable<Key>
        name={t.tabs.keys}
        rows={rows}
        more={more}
        error={query.error}
        retry={() => void query.refetch()}
        rowKey={(k) => k.id}
        aside={<CopyCall path="/keys" />}
        empty={
          <Empty title={t.keys.none} action={write && create}>
            {t.keys.noneHint}
          </Empty>
        }
        columns={[
          { key: 'name', header: t.keys.name, cell: (k) => <strong>{k.name}</strong>, csv: (k) => k.name },
          { key: 'role', header: t.keys.role, cell: (k) => k.role, csv: (k) => k.role },
          {
            key: 'scopes',
            header: t.keys.scopes,
            hide: 'tablet',
            cell: (k) => (k.scopes.length > 0 ? <span className="mono">{k.scopes.join(', ')}</span> : <span className="dim">{t.keys.all}</span>),
            csv: (k) => k.scopes.join(' '),
          },
          {
            key: 'state',
            header: t.keys.state,
            csv: (k) => k.state,
            cell: (k) => (
              <StateChip icon={icons[k.state]} tone={k.state === 'active' ? 'good' : 'neutral'}>
                {t.keys.states[k.state]}
              </StateChip>
            ),
          },
          { key: 'created', header: t.keys.created, hide: 'tablet', cell: (k) => <Time at={k.createdAt} />, csv: (k) => k.createdAt },
          {
            key: 'used',
            header: t.keys.used,
            hide: 'phone',
            cell: (k) => (k.lastUsedAt ? <Time at={k.lastUsedAt} /> : <span className="dim">{t.keys.never}</span>),
            csv: (k) => k.lastUsedAt,
          },
          {
            key: 'revoke',
            header: ui.actions,
            width: '1%',
            cell: (k) =>
              write && k.state === 'active' ? (
                <Button variant="default" size="compact-sm" onClick={() => setRevoking(k)}>
                  {t.keys.revoke}
                </Button>
              ) : null,
          },
        ]}
      />
      {creating && <NewKey onClose={() => setCreating(false)} />}
      {revoking && <Revoke apiKey={revoking} onClose={() => setRevoking(undefined)} />}
    </div>
  )
}

function Revoke({ apiKey, onClose }: { apiKey: Key; onClose: () => void }) {
  const queries = useQueryClient()
  const [typed, setTyped] = useState('')
  const revoke = useMutation({
    mutationFn: () => answer(client.DELETE('/keys/{id}', { params: { path: { id: apiKey.id } } })),
    onSuccess: () => {
      say(t.keys.revoked)
      onClose()
      return queries.invalidateQueries({ queryKey: ['/keys'] })
    },
  })
  return (
    <Modal opened onClose={onClose} title={t.keys.revokeTitle(apiKey.name)} closeButtonProps={{ 'aria-label': ui.close }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          if (typed === apiKey.name) revoke.mutate()
        }}
      >
        <p>{t.keys.revokeHint}</p>
        {revoke.error && <ErrorBox error={revoke.error} />}
        <TextInput label={t.keys.revokeType(apiKey.name)} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} autoComplete="off" data-autofocus />
        <div className="row">
          <Button type="submit" disabled={typed !== apiKey.name} loading={revoke.isPending}>
            {t.keys.revoke}
          </Button>
          <Button variant="default" onClick={onClose}>
            {ui.cancel}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
