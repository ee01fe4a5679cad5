import { Button, Modal, NativeSelect, Switch, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, client, fieldErrors, load, Problem, type Schema } from '../../api'
import { links as t } from '../../text/links'
import { ui } from '../../text/ui'
import { ErrorBox } from '../../ui/ErrorBox'
import { sayProblem } from '../../ui/Undo'
import { places, withLink, type Entry, type EntryLink } from './anchor'
import { useSave } from './save'
import css from './Links.module.css'

type Facts = Schema['LinkTypes']['facts']

type LinkFormProps = { entry: Entry; index: number; close: () => void }

/** One link of an entry; saving puts the whole entry. */
export function LinkForm({ entry: given, index: place, close }: LinkFormProps) {
  // The entry as it was when the form was opened: what changes under it is a conflict, not lost.
  const [entry, setEntry] = useState(given)
  const [index, setIndex] = useState(place)
  const [link, setLink] = useState<EntryLink>(given.links?.[place] ?? { linktype: 'gs1:pip', href: '', title: '' })
  const [bad, setBad] = useState('')
  const save = useSave(close)
  const at = index < 0 ? (entry.links?.length ?? 0) : index
  const stale = save.error instanceof Problem && save.error.status === 409
  const placed = fieldErrors(save.error)
  const again = useMutation({
    mutationFn: () => answer(client.GET('/links/entry', { params: { query: { anchor: given.anchor } } })),
    onSuccess: (fresh) => {
      setEntry(fresh)
      setIndex((fresh.links ?? []).findIndex((l) => l.id !== undefined && l.id === link.id))
      save.reset()
    },
    onError: sayProblem,
  })
  const wrong = (field: string) =>
    Object.entries(placed).find(([path]) => path === `links[${at}].${field}` || path.startsWith(`links[${at}].${field}[`) || path.startsWith(`links[${at}].${field}.`))?.[1]
  return (
    <Modal opened onClose={close} size="lg" title={index < 0 ? t.form.addTitle : t.form.editTitle} closeButtonProps={{ 'aria-label': ui.close }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          if (!bad) save.mutate(withLink(entry, index, link))
        }}
      >
        {save.error && (
          <ErrorBox
            error={save.error}
            action={
              stale && (
                <Button size="xs" variant="default" loading={again.isPending} onClick={() => again.mutate()}>
                  {t.form.reload}
                </Button>
              )
            }
          />
        )}
        {again.isSuccess && !save.error && <p role="status">{t.form.readAgain}</p>}
        <LinkFields anchor={entry.anchor} link={link} change={(next) => setLink({ ...link, ...next })} wrong={wrong} setBad={setBad} />
        <div>
          <Button type="submit" loading={save.isPending}>
            {t.form.save}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

type LinkFieldsProps = {
  anchor: string
  link: EntryLink
  change: (next: Partial<EntryLink>) => void
  wrong: (field: string) => string | undefined
  setBad: (why: string) => void
  plain?: boolean
}

const words = (s: string) => {
  const all = s.split(/[,;|]/).map((x) => x.trim()).filter(Boolean)
  return all.length > 0 ? all : undefined
}
const csvOf = (all: string[] | undefined) => all?.join(', ') ?? ''

/** An instant as the browser's own field wants it, in the reader's zone. */
const local = (at: string | undefined) => {
  if (!at) return ''
  const d = new Date(at)
  return new Date(d.getTime() - d.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
const instant = (s: string) => (s ? new Date(s).toISOString() : undefined)

export function LinkFields({ anchor, link, change, wrong, setBad, plain }: LinkFieldsProps) {
  const types = useQuery({ ...load('/links/types'), staleTime: Infinity })
  const known = (types.data?.types ?? []).filter((l) => !l.reserved && (!l.outdated || l.type === link.linktype))
  const own = types.data !== undefined && !known.some((l) => l.type === link.linktype)
  const groups = [...new Set(known.map((l) => l.group))].map((group) => ({
    group,
    items: known.filter((l) => l.group === group).map((l) => ({ value: l.type, label: `${l.title} (${l.type.slice(4)})` })),
  }))
  const holds = places(anchor)
  return (
    <>
      <NativeSelect
        label={t.form.type}
        value={own ? '' : link.linktype}
        onChange={(e) => change({ linktype: e.currentTarget.value })}
        data={[...groups, { value: '', label: t.form.otherType }]}
        error={own ? undefined : wrong('linktype')}
      />
      {own && (
        <TextInput
          label={t.form.ownType}
          description={t.form.ownTypeHint}
          value={link.linktype}
          onChange={(e) => change({ linktype: e.currentTarget.value })}
          error={wrong('linktype')}
        />
      )}
      <TextInput
        label={t.form.href}
        description={holds.length > 0 ? `${t.form.hrefHint} ${t.form.places(holds.join(', '))}` : t.form.hrefHint}
        required
        withAsterisk={false}
        inputMode="url"
        autoComplete="off"
        value={link.href}
        onChange={(e) => change({ href: e.currentTarget.value })}
        error={wrong('href')}
        data-autofocus
      />
      <TextInput
        label={t.form.title}
        description={t.form.titleHint}
        required
        withAsterisk={false}
        value={link.title}
        onChange={(e) => change({ title: e.currentTarget.value })}
        error={wrong('title')}
      />
      {!plain && (
        <>
          <Switch label={t.form.default} checked={link.default === true} onChange={(e) => change({ default: e.currentTarget.checked || undefined })} />
          <Switch label={t.form.multi} checked={link.multi === true} onChange={(e) => change({ multi: e.currentTarget.checked || undefined })} error={wrong('multi')} />
          <fieldset className={css.fields}>
            <legend>{t.form.more}</legend>
            <TextInput label={t.form.languages} description={t.form.languagesHint} defaultValue={csvOf(link.hreflang)} onChange={(e) => change({ hreflang: words(e.currentTarget.value) })} error={wrong('hreflang')} />
            <TextInput label={t.form.markets} description={t.form.marketsHint} defaultValue={csvOf(link.markets)} onChange={(e) => change({ markets: words(e.currentTarget.value) })} error={wrong('markets')} />
            <TextInput label={t.form.contexts} description={t.form.contextsHint} defaultValue={csvOf(link.context)} onChange={(e) => change({ context: words(e.currentTarget.value) })} error={wrong('context')} />
            <TextInput label={t.form.media} description={t.form.mediaHint} value={link.type ?? ''} onChange={(e) => change({ type: e.currentTarget.value || undefined })} error={wrong('type')} />
            <TextInput type="datetime-local" label={t.form.from} value={local(link.from)} onChange={(e) => change({ from: instant(e.currentTarget.value) })} />
            <TextInput type="datetime-local" label={t.form.until} value={local(link.until)} onChange={(e) => change({ until: instant(e.currentTarget.value) })} error={wrong('until')} />
          </fieldset>
          <When link={link} facts={types.data?.facts ?? []} change={(when) => change({ when })} setBad={setBad} error={wrong('when')} />
          <Switch label={t.form.passQuery} checked={link.fwqs !== false} onChange={(e) => change({ fwqs: e.currentTarget.checked ? undefined : false })} />
          <Switch label={t.form.public} checked={link.public !== false} onChange={(e) => change({ public: e.currentTarget.checked ? undefined : false })} />
        </>
      )}
    </>
  )
}

type WhenProps = { link: EntryLink; facts: Facts; change: (when: unknown) => void; setBad: (why: string) => void; error?: string }

/** The usual conditions to pick; any other as the tree that it is. */
function When({ link, facts, change, setBad, error }: WhenProps) {
  const simple = [
    { value: '', label: t.form.always },
    ...facts.flatMap((f) =>
      f.kind === 'yes-no'
        ? [
            { value: JSON.stringify({ fact: f.fact, is: true }), label: t.form.recalledYes },
            { value: JSON.stringify({ fact: f.fact, is: false }), label: t.form.recalledNo },
          ]
        : f.oneOf.map((v) => ({ value: JSON.stringify({ fact: f.fact, is: v }), label: t.form.is(f.says, v) })),
    ),
  ]
  const now = link.when ? JSON.stringify(link.when) : ''
  const [free, setFree] = useState(now !== '' && facts.length > 0 && !simple.some((s) => s.value === now))
  const [text, setText] = useState(link.when ? JSON.stringify(link.when, null, 2) : '')
  const [broken, setBroken] = useState('')
  const known = simple.some((s) => s.value === now)
  const written = free || (!known && now !== '')
  return (
    <>
      <NativeSelect
        label={t.form.when}
        value={written ? 'other' : now}
        onChange={(e) => {
          const v = e.currentTarget.value
          setFree(v === 'other')
          setBroken('')
          setBad('')
          if (v !== 'other') change(v ? (JSON.parse(v) as unknown) : undefined)
          else setText(link.when ? JSON.stringify(link.when, null, 2) : '')
        }}
        data={[...simple, { value: 'other', label: t.form.other }]}
        error={written ? undefined : error}
      />
      {written && (
        <Textarea
          label={t.form.json}
          description={t.form.jsonHint}
          classNames={{ input: 'mono' }}
          autosize
          minRows={3}
          value={text}
          error={broken || error}
          onChange={(e) => {
            const typed = e.currentTarget.value
            setText(typed)
            let why = ''
            try {
              change(typed.trim() ? (JSON.parse(typed) as unknown) : undefined)
            } catch {
              why = t.form.notJson
            }
            setBroken(why)
            setBad(why)
          }}
        />
      )}
    </>
  )
}
