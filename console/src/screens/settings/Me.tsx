import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { answer, client, fieldErrors, Problem, type Schema } from '../../api'
import { sessionQuery, useSession } from '../../session'
import { settings as t } from '../../text/settings'
import { ErrorBox } from '../../ui/ErrorBox'
import { Section } from '../../ui/Page'
import { say } from '../../ui/Undo'

/** The name and the password of whoever is signed in. */
export function Me() {
  const { member } = useSession()
  return (
    <Section title={t.me.title}>
      {member ? (
        <div className="two even">
          <Name member={member} />
          <NewPassword member={member} />
        </div>
      ) : (
        <p className="dim">{t.me.key}</p>
      )}
    </Section>
  )
}

/** An error that no field shows. */
function Unplaced({ error }: { error: unknown }) {
  if (!error || (error instanceof Problem && error.errors.length > 0)) return null
  return <ErrorBox error={error} />
}

function Name({ member }: { member: Schema['Member'] }) {
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: (body: Schema['SelfChange']) => answer(client.PATCH('/me', { body })),
    onSuccess: () => {
      say(t.me.saved)
      return queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
    },
  })
  const wrong = fieldErrors(save.error)
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        const form = new FormData(e.currentTarget)
        save.mutate({ name: String(form.get('name')).trim(), email: String(form.get('email')).trim() || undefined })
      }}
    >
      <Unplaced error={save.error} />
      <TextInput name="name" label={t.me.name} defaultValue={member.name} required withAsterisk={false} autoComplete="name" error={wrong.name} />
      <TextInput name="email" type="email" label={t.me.email} defaultValue={member.email} autoComplete="email" error={wrong.email} />
      <div>
        <Button type="submit" variant="default" loading={save.isPending}>
          {t.me.save}
        </Button>
      </div>
    </form>
  )
}

function NewPassword({ member }: { member: Schema['Member'] }) {
  const form = useRef<HTMLFormElement>(null)
  const queries = useQueryClient()
  const set = useMutation({
    mutationFn: (body: Schema['Password']) => answer(client.PUT('/me/password', { body })),
    onSuccess: () => {
      form.current?.reset()
      say(t.me.setDone)
      return queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
    },
  })
  const wrong = fieldErrors(set.error)
  return (
    <form
      ref={form}
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        const data = new FormData(e.currentTarget)
        const current = String(data.get('current') ?? '')
        set.mutate({ password: String(data.get('password') ?? ''), current: current || undefined })
      }}
    >
      <Unplaced error={set.error} />
      {/* A password manager keeps the password under this name. */}
      <input hidden readOnly autoComplete="username" value={member.email ?? member.name} />
      {member.hasPassword && (
        <PasswordInput name="current" label={t.me.current} required withAsterisk={false} autoComplete="current-password" error={wrong.current} />
      )}
      <PasswordInput
        name="password"
        label={t.me.next}
        description={t.me.nextHint}
        required
        withAsterisk={false}
        minLength={12}
        autoComplete="new-password"
        error={wrong.password}
      />
      <div>
        <Button type="submit" variant="default" loading={set.isPending}>
          {t.me.set}
        </Button>
      </div>
    </form>
  )
}
