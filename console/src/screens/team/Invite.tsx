import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, client, fieldErrors, Problem, type Role, type Schema } from '../../api'
import { team as t } from '../../text/team'
import { ui } from '../../text/ui'
import { ErrorBox } from '../../ui/ErrorBox'
import { partiesOf, Parties } from './Parties'

type InviteProps = { roles: Schema['Role'][]; onClose: () => void; onInvited: (link: Schema['Link']) => void }

export function Invite({ roles, onClose, onInvited }: InviteProps) {
  const queries = useQueryClient()
  const [role, setRole] = useState<Role>('marketer')
  const invite = useMutation({
    mutationFn: (body: Schema['Invitation']) => answer(client.POST('/members', { body })),
    onSuccess: ({ link }) => {
      void queries.invalidateQueries({ queryKey: ['/members'] })
      onInvited(link)
    },
  })
  const wrong = fieldErrors(invite.error)
  const unplaced = invite.error && !(invite.error instanceof Problem && invite.error.errors.length > 0)
  return (
    <Modal opened onClose={onClose} title={t.members.invite} closeButtonProps={{ 'aria-label': ui.close }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          const form = new FormData(e.currentTarget)
          const email = String(form.get('email') ?? '').trim()
          invite.mutate({ name: String(form.get('name') ?? '').trim(), email: email || undefined, role, parties: partiesOf(role, form) })
        }}
      >
        <p className="dim">{t.members.inviteLead}</p>
        {unplaced && <ErrorBox error={invite.error} />}
        <TextInput name="name" label={t.members.name} required withAsterisk={false} autoComplete="off" error={wrong.name} data-autofocus />
        <TextInput name="email" type="email" label={t.members.email} autoComplete="off" error={wrong.email} />
        <NativeSelect
          label={t.members.role}
          value={role}
          onChange={(e) => setRole(e.currentTarget.value as Role)}
          data={roles.map((r) => ({ value: r.role, label: r.title }))}
          description={roles.find((r) => r.role === role)?.description}
        />
        <Parties role={role} wrong={wrong} />
        <div>
          <Button type="submit" loading={invite.isPending}>
            {t.members.submit}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
