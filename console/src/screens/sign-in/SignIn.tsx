import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { useEffect, useState, type FormEvent } from 'react'
import { answer, client, fieldErrors, load } from '../../api'
import { sessionQuery } from '../../session'
import { Mark } from '../../shell/Mark'
import { signIn as t } from '../../text/sign-in'
import { ErrorBox } from '../../ui/ErrorBox'
import { safeNext } from './next'
import css from './SignIn.module.css'

const route = getRouteApi('/sign-in')

type Credentials = { token: string } | { email: string; password: string } | { key: string }

/** The token of a one-time link, in the fragment or in the query, taken out of the address. */
function takeToken(fromQuery: string | undefined): string {
  const fromFragment = new URLSearchParams(location.hash.slice(1)).get('token')
  const token = fromFragment ?? fromQuery ?? ''
  if (token) history.replaceState(history.state, '', location.pathname)
  return token
}

export function SignIn() {
  const { token: fromQuery, next } = route.useSearch()
  const [token] = useState(() => takeToken(fromQuery))
  const [withKey, setWithKey] = useState(false)
  const router = useRouter()
  const queries = useQueryClient()
  const welcome = useQuery(load('/welcome'))

  const enter = useMutation({
    mutationFn: (body: Credentials) => answer(client.POST('/session', { body })),
    onSuccess: (session) => {
      queries.setQueryData(sessionQuery.queryKey, session)
      router.history.replace(`/console${safeNext(next)}`)
    },
  })
  const { mutate } = enter
  useEffect(() => {
    if (token) mutate({ token })
  }, [token, mutate])
  useEffect(() => {
    document.title = `${t.title} · Tagline`
  }, [])

  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const form = new FormData(e.currentTarget)
    const read = (name: string) => String(form.get(name) ?? '').trim()
    mutate(withKey ? { key: read('key') } : { email: read('email'), password: String(form.get('password') ?? '') })
  }
  const wrong = fieldErrors(enter.error)
  const first = welcome.data?.firstStart

  return (
    <main className={css.ground}>
      <div className={css.panel}>
        <Mark />
        <div className={`card ${css.card}`}>
          <h1>{t.title}</h1>
          <p className="dim">{t.lead}</p>
          {token && enter.isPending && <p role="status">{t.signingIn}</p>}
          {enter.error && <ErrorBox error={enter.error} />}
          {first && !enter.error && (
            <div className={css.note}>
              <h2>{t.first}</h2>
              <p>{t.firstHint}</p>
            </div>
          )}
          <form onSubmit={submit} className="stack">
            {withKey ? (
              <PasswordInput
                name="key"
                label={t.key}
                description={t.keyHint}
                autoComplete="off"
                required
                withAsterisk={false}
                error={wrong.key}
                autoFocus
              />
            ) : (
              <>
                <TextInput
                  name="email"
                  type="email"
                  label={t.email}
                  autoComplete="username"
                  required
                  withAsterisk={false}
                  error={wrong.email}
                />
                <PasswordInput
                  name="password"
                  label={t.password}
                  autoComplete="current-password"
                  required
                  withAsterisk={false}
                  error={wrong.password}
                />
              </>
            )}
            <Button type="submit" size="md" loading={enter.isPending}>
              {t.submit}
            </Button>
            <Button variant="subtle" onClick={() => setWithKey(!withKey)}>
              {withKey ? t.withPassword : t.withKey}
            </Button>
          </form>
          <p className={css.link}>
            <strong>{t.withLink}</strong>
            <span>{t.withLinkHint}</span>
          </p>
        </div>
        {welcome.data && <p className="meta">{t.version(welcome.data.server.version)}</p>}
      </div>
    </main>
  )
}
