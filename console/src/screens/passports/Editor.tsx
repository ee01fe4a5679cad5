import { Button, Modal, NativeSelect } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useBlocker } from '@tanstack/react-router'
import { useMemo, useRef, useState } from 'react'
import { answer, client, load, Problem, type Schema } from '../../api'
import { gtin, localized } from '../../format'
import { useCan } from '../../session'
import { Allowed, Waiting } from '../../shell/states'
import { editor as t } from '../../text/passport-editor'
import { passports as words } from '../../text/passports'
import { ui } from '../../text/ui'
import { ErrorBox } from '../../ui/ErrorBox'
import { Page } from '../../ui/Page'
import { say } from '../../ui/Undo'
import { Conflict } from './Conflict'
import { Basics } from './Basics'
import { Sections } from './Sections'
import { Writing } from './Fields'
import { fromForm, languagesOf, place, toForm, type Draft, type Params } from './draft'
import { languageName, languages } from './languages'
import { merge, same, takeTheirs, type Merge } from './merge'
import css from './Editor.module.css'

const route = getRouteApi('/inside/passports/$gtin/edit')

/** Changes a draft, against everybody else who does. */
export function Editor() {
  const { gtin: key } = route.useParams()
  const query = route.useSearch()
  const params: Params = { path: { gtin: key }, query }
  const may = useCan()
  const passport = useQuery({ ...load('/passports/{gtin}', params), staleTime: 0, refetchOnWindowFocus: false })
  const p = passport.data
  // What was in the cache may be old; writing begins at what the server has now.
  const ready = p?.draft && passport.isFetchedAfterMount
  const back = { to: '/passports', label: words.title }
  return ready && may('passport.write') ? (
    <Work key={p.digitalLink} params={params} passport={p} />
  ) : (
    <Page title={gtin(key)} back={back}>
      <Allowed action="passport.write">
        {passport.error ? <ErrorBox error={passport.error} retry={() => void passport.refetch()} /> : <Waiting />}
      </Allowed>
    </Page>
  )
}

type Base = { draft: Draft; rev: number }

function Work({ params, passport }: { params: Params; passport: Schema['Passport'] }) {
  const first = passport.draft as Draft
  const navigate = route.useNavigate()
  const queries = useQueryClient()
  const [base, setBase] = useState<Base>({ draft: first, rev: passport.rev })
  const [form, setForm] = useState(() => toForm(first))
  const [met, setMet] = useState<Merge>()
  const [language, setLanguage] = useState(() => languagesOf(first)[0] ?? 'en')
  const top = useRef<HTMLDivElement>(null)
  const draft = useMemo(() => fromForm(form, base.draft), [form, base.draft])
  const dirty = !same(draft, fromForm(toForm(base.draft), base.draft))
  const saved = useRef(false)
  const leaving = useBlocker({ shouldBlockFn: () => dirty && !saved.current, enableBeforeUnload: () => dirty && !saved.current, withResolver: true })

  const save = useMutation({
    mutationFn: () => answer(client.PUT('/passports/{gtin}', { params: { ...params, header: base.rev > 0 ? { 'If-Match': `"${base.rev}"` } : { 'If-None-Match': '*' } }, body: draft })),
    onSuccess: () => {
      saved.current = true
      say(t.saved)
      void queries.invalidateQueries({ predicate: (q) => String(q.queryKey[0]).startsWith('/passports') })
      return navigate({ to: '/passports/$gtin', params: params.path, search: params.query })
    },
    onError: async (e) => {
      if (e instanceof Problem && e.status === 409) await meet()
      top.current?.scrollIntoView({ block: 'start' })
    },
  })

  /** Somebody was faster: what they wrote and what I wrote come together in the form. */
  async function meet() {
    const now = await queries.fetchQuery({ ...load('/passports/{gtin}', params), staleTime: 0 }).catch((e: unknown) => {
      if (e instanceof Problem && e.status === 404) return undefined
      throw e
    })
    if (!now?.draft) {
      setBase({ draft: base.draft, rev: 0 })
      return
    }
    const m = merge(base.draft, draft, now.draft)
    setMet(m)
    setForm(toForm(m.draft))
    setBase({ draft: now.draft, rev: now.rev })
    save.reset()
  }

  const errors = useMemo(() => {
    const all = save.error instanceof Problem ? save.error.errors : []
    return Object.fromEntries(all.map((e) => [place(e.location), e.message]))
  }, [save.error])
  const writing = useMemo(() => ({ language, errors }), [language, errors])
  const used = languagesOf(draft)
  const title = localized(passport.name) || gtin(passport.gtin)
  const gone = base.rev === 0
  return (
    <Page
      title={t.title(title)}
      back={{ to: '/passports', label: words.title }}
      lead={
        <>
          <span className="mono">{[gtin(passport.gtin), passport.lot ?? passport.serial].filter(Boolean).join(' ')}</span>
          {` · ${words.levels[passport.level]} · ${passport.status === 'withdrawn' ? t.withdrawn : t.lead}`}
        </>
      }
    >
      <Writing value={writing}>
        <form
          className="stack"
          style={{ maxWidth: 880 }}
          noValidate
          onSubmit={(e) => {
            e.preventDefault()
            save.mutate()
          }}
        >
          <div ref={top} className="stack" style={{ scrollMarginTop: 80 }}>
            {gone ? (
              <div className="card pad stack-s" role="status">
                <h2>{t.gone}</h2>
                <p className="dim">{t.goneHint}</p>
              </div>
            ) : (
              save.error && <ErrorBox error={save.error} />
            )}
            {met && (
              <Conflict
                met={met}
                language={language}
                onTake={(clash) => {
                  const next = takeTheirs(draft, clash)
                  setForm(toForm(next))
                  setMet({ ...met, clashes: met.clashes.filter((c) => c !== clash) })
                  say(t.tookTheirs)
                }}
                onDiscard={() => {
                  setForm(toForm(base.draft))
                  setMet(undefined)
                }}
              />
            )}
            <div className="card pad">
              <NativeSelect
                label={t.language}
                description={t.languageHint}
                value={language}
                onChange={(e) => setLanguage(e.currentTarget.value)}
                data={[...used, ...languages.filter((l) => !used.includes(l))].map((l) => ({
                  value: l,
                  label: used.includes(l) ? t.languageUsed(languageName(l)) : languageName(l),
                }))}
                style={{ maxWidth: 340 }}
              />
            </div>
          </div>
          <Basics form={form} level={passport.level} onChange={(some) => setForm((f) => ({ ...f, ...some }))} />
          <Sections sections={form.sections} onChange={(change) => setForm((f) => ({ ...f, sections: change(f.sections) }))} />
          <div className={css.bar}>
            <Button type="submit" loading={save.isPending} disabled={!dirty && !gone}>
              {t.save}
            </Button>
            <Button variant="default" onClick={() => void navigate({ to: '/passports/$gtin', params: params.path, search: params.query })}>
              {ui.cancel}
            </Button>
            <span className="meta" role="status">
              {dirty ? t.unsaved : t.unchanged}
            </span>
          </div>
        </form>
      </Writing>
      {leaving.status === 'blocked' && (
        <Modal opened onClose={leaving.reset} title={t.leave} closeButtonProps={{ 'aria-label': ui.close }}>
          <div className="stack">
            <p className="dim">{t.leaveHint}</p>
            <div className="row">
              <Button onClick={leaving.reset} data-autofocus>
                {t.leaveNo}
              </Button>
              <Button variant="default" onClick={leaving.proceed}>
                {t.leaveYes}
              </Button>
            </div>
          </div>
        </Modal>
      )}
    </Page>
  )
}
