import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { IconCircleCheck, IconCircleOff, IconClockOff } from '@tabler/icons-react'
import { useState } from 'react'
import { answer, client, fieldErrors, list, type Schema } from '../../api'
import { useCan } from '../../session'
import { passports as t } from '../../text/passports'
import { ui } from '../../text/ui'
import { Copy, CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { rowsOf } from '../../ui/rows'
import { StateChip } from '../../ui/StateChip'
import { Time } from '../../ui/Time'
import { say, sayProblem } from '../../ui/Undo'

const icons = { active: IconCircleCheck, expired: IconClockOff, revoked: IconCircleOff }

/** Who may read closed parts of passports. */
export function Grants() {
  const query = useInfiniteQuery(list('/passport-grants'))
  const queries = useQueryClient()
  const write = useCan()('passport-grant.write')
  const [making, setMaking] = useState(false)
  const { rows, more } = rowsOf(query)
  const revoke = useMutation({
    mutationFn: (id: string) => answer(client.DELETE('/passport-grants/{id}', { params: { path: { id } } })),
    onSuccess: () => {
      say(t.revoked)
      return queries.invalidateQueries({ queryKey: ['/passport-grants'] })
    },
    onError: sayProblem,
  })
  const make = <Button onClick={() => setMaking(true)}>{t.grant}</Button>
  return (
    <div className="card">
      {write && (rows?.length ?? 0) > 0 && (
        <div className="pad row" style={{ justifyContent: 'flex-end', paddingBottom: 4 }}>
          {make}
        </div>
      )}
      <DataTable<Schema['PassportGrant']>
        name={t.tabs.grants}
        rows={rows}
        more={more}
        error={query.error}
        retry={() => void query.refetch()}
        rowKey={(g) => g.id}
        aside={<CopyCall path="/passport-grants" />}
        empty={
          <Empty title={t.noGrants} action={write && make}>
            {t.noGrantsHint}
          </Empty>
        }
        columns={[
          {
            key: 'holder',
            header: t.holder,
            csv: (g) => g.holder,
            cell: (g) => (
              <span>
                <strong>{g.holder}</strong>
                <span className="meta" style={{ display: 'block' }}>
                  {g.purpose}
                </span>
              </span>
            ),
          },
          { key: 'tier', header: t.tier, hide: 'phone', cell: (g) => t.tiers[g.tier], csv: (g) => g.tier },
          { key: 'scope', header: t.scope, hide: 'tablet', cell: (g) => g.gtins.join(', ') || t.all, csv: (g) => g.gtins.join(' ') },
          {
            key: 'state',
            header: t.state,
            csv: (g) => g.state,
            cell: (g) => (
              <StateChip icon={icons[g.state]} tone={g.state === 'active' ? 'good' : 'neutral'}>
                {t.grantStates[g.state]}
              </StateChip>
            ),
          },
          { key: 'ends', header: t.ends, hide: 'phone', cell: (g) => <Time at={g.expiresAt} />, csv: (g) => g.expiresAt },
          {
            key: 'revoke',
            header: ui.actions,
            width: '1%',
            cell: (g) =>
              write && g.state === 'active' ? (
                <Button variant="default" size="compact-sm" loading={revoke.isPending && revoke.variables === g.id} onClick={() => revoke.mutate(g.id)}>
                  {t.revoke}
                </Button>
              ) : null,
          },
        ]}
      />
      {making && <NewGrant onClose={() => setMaking(false)} />}
    </div>
  )
}

/** Gives access, and shows the code this once. */
function NewGrant({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient()
  const create = useMutation({
    mutationFn: (body: Schema['PassportGrantRequest']) => answer(client.POST('/passport-grants', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['/passport-grants'] }),
  })
  const wrong = fieldErrors(create.error)
  if (create.data) {
    return (
      <Modal opened onClose={onClose} title={t.tokenTitle} closeOnClickOutside={false} closeButtonProps={{ 'aria-label': ui.close }}>
        <div className="stack">
          <p className="dim">{t.tokenHint}</p>
          <p className="mono" style={{ overflowWrap: 'anywhere' }} data-secret>
            {create.data.token}
          </p>
          <div className="row">
            <Copy value={create.data.token} variant="default" />
            <Button onClick={onClose}>{t.done}</Button>
          </div>
        </div>
      </Modal>
    )
  }
  return (
    <Modal opened onClose={onClose} title={t.grant} closeButtonProps={{ 'aria-label': ui.close }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          const form = new FormData(e.currentTarget)
          const field = (name: string) => String(form.get(name) ?? '').trim()
          create.mutate({
            tier: field('tier') === 'authority' ? 'authority' : 'legitimate',
            holder: field('holder'),
            purpose: field('purpose'),
            gtins: field('gtins').split(/[\s,]+/).filter(Boolean),
            expiresAt: new Date(`${field('expires')}T23:59:59`).toISOString(),
          })
        }}
      >
        <p className="dim">{t.grantLead}</p>
        {create.error && Object.keys(wrong).length === 0 && <ErrorBox error={create.error} />}
        <TextInput name="holder" label={t.holder} description={t.holderHint} required withAsterisk={false} autoComplete="off" error={wrong.holder} data-autofocus />
        <TextInput name="purpose" label={t.purpose} required withAsterisk={false} autoComplete="off" error={wrong.purpose} />
        <NativeSelect
          name="tier"
          label={t.tier}
          data={(['legitimate', 'authority'] as const).map((value) => ({ value, label: t.tiers[value] }))}
        />
        <TextInput name="gtins" label={t.gtins} description={t.gtinsHint} autoComplete="off" error={wrong.gtins} />
        <TextInput name="expires" type="date" label={t.ends} description={t.endsHint} required withAsterisk={false} error={wrong.expires} />
        <div>
          <Button type="submit" loading={create.isPending}>
            {t.grant}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
