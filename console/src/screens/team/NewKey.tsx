import { Button, Checkbox, Modal, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, client, fieldErrors, load, Problem, type Role, type Schema } from '../../api'
import { useSession } from '../../session'
import { team as t } from '../../text/team'
import { ui } from '../../text/ui'
import { Copy } from '../../ui/Copy'
import { ErrorBox } from '../../ui/ErrorBox'
import { partiesOf, Parties } from './Parties'
import css from './Team.module.css'

/** Makes a key, and shows its secret this once. */
export function NewKey({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient()
  const { actor } = useSession()
  const roles = useQuery(load('/roles'))
  const [role, setRole] = useState<Role>(actor.role)
  const [scopes, setScopes] = useState<string[]>([])
  const create = useMutation({
    mutationFn: (body: Schema['KeyRequest']) => answer(client.POST('/keys', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['/keys'] }),
  })
  const wrong = fieldErrors(create.error)
  const unplaced = create.error && !(create.error instanceof Problem && create.error.errors.length > 0)
  const actions = roles.data?.roles.find((r) => r.role === role)?.actions ?? []
  const describe = (action: string) => roles.data?.actions.find((a) => a.action === action)?.description ?? action

  if (create.data) {
    return (
      <Modal opened onClose={onClose} title={t.keys.secretTitle} closeOnClickOutside={false} closeButtonProps={{ 'aria-label': ui.close }}>
        <div className="stack">
          <p className="dim">{t.keys.secretHint}</p>
          <p className={`mono ${css.secret}`} data-secret>
            {create.data.secret}
          </p>
          <div className="row">
            <Copy value={create.data.secret} variant="default" />
            <Button onClick={onClose}>{t.keys.done}</Button>
          </div>
        </div>
      </Modal>
    )
  }
  return (
    <Modal opened onClose={onClose} title={t.keys.create} size="lg" closeButtonProps={{ 'aria-label': ui.close }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          const form = new FormData(e.currentTarget)
          const end = String(form.get('expires') ?? '')
          create.mutate({
            name: String(form.get('name') ?? '').trim(),
            role,
            scopes: scopes.length > 0 ? scopes : undefined,
            parties: partiesOf(role, form),
            expiresAt: end ? new Date(`${end}T23:59:59`).toISOString() : undefined,
          })
        }}
      >
        <p className="dim">{t.keys.createLead}</p>
        {unplaced && <ErrorBox error={create.error} />}
        <TextInput name="name" label={t.keys.name} description={t.keys.nameHint} required withAsterisk={false} autoComplete="off" error={wrong.name} data-autofocus />
        <NativeSelect
          label={t.keys.role}
          value={role}
          onChange={(e) => {
            setRole(e.currentTarget.value as Role)
            setScopes([])
          }}
          data={(roles.data?.roles ?? []).map((r) => ({ value: r.role, label: r.title }))}
        />
        <Parties role={role} wrong={wrong} />
        <TextInput name="expires" type="date" label={t.keys.expires} description={t.keys.expiresHint} error={wrong.expiresAt} />
        <Checkbox.Group label={t.keys.limit} description={t.keys.limitHint} value={scopes} onChange={setScopes} error={wrong.scopes}>
          <div className={css.scopes}>
            {actions.map((a) => (
              <Checkbox key={a} value={a} label={describe(a)} />
            ))}
          </div>
        </Checkbox.Group>
        <div>
          <Button type="submit" loading={create.isPending}>
            {t.keys.submit}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
