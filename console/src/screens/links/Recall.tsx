import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, client, fieldErrors, load } from '../../api'
import { links as t } from '../../text/links'
import { ui } from '../../text/ui'
import { ErrorBox } from '../../ui/ErrorBox'
import { say } from '../../ui/Undo'
import { inWords, isPublic, type Entry } from './anchor'
import { refreshLinks } from './save'
import css from './Links.module.css'

/** A recall names what it stops before it is put into force. */
export function Recall({ entry: e, close }: { entry: Entry; close: () => void }) {
  const queries = useQueryClient()
  const [lot, setLot] = useState('')
  const [href, setHref] = useState('')
  const [title, setTitle] = useState('')
  const wide = e.level === '01' // a whole product, which may be narrowed to a lot
  const anchor = wide && lot.trim() ? `${e.anchor}/10/${encodeURIComponent(lot.trim())}` : e.anchor
  const types = useQuery({ ...load('/links/types'), staleTime: Infinity })
  const all = useQuery(load('/links', { query: { prefix: e.anchor, limit: 200 } }))
  const promotes = new Set(types.data?.types.filter((l) => l.promotes).map((l) => l.type))
  const covered = (all.data?.items ?? []).filter((o) => o.anchor === anchor || o.anchor.startsWith(`${anchor}/`))
  // What stands above a lot is withheld for that lot as well.
  const touched = anchor === e.anchor ? covered : [e, ...covered]
  const stopped = touched.flatMap((o) => (o.links ?? []).filter((l) => isPublic(l) && promotes.has(l.linktype)))
  const set = useMutation({
    mutationFn: () => answer(client.PUT('/links/recall', { params: { query: { anchor } }, body: { href: href.trim(), title: title.trim() } })),
    onSuccess: () => {
      say(t.recall.done)
      close()
      return refreshLinks(queries)
    },
  })
  const wrong = fieldErrors(set.error)
  const at = (field: string) => wrong[field] ?? Object.entries(wrong).find(([path]) => path.startsWith('links[') && path.endsWith(field))?.[1]
  return (
    <Modal opened onClose={close} size="lg" title={t.recall.title} closeButtonProps={{ 'aria-label': ui.close }}>
      <form
        className="stack"
        onSubmit={(ev) => {
          ev.preventDefault()
          set.mutate()
        }}
      >
        {set.error && <ErrorBox error={set.error} />}
        <p>
          <span className="meta">{t.recall.what}</span>
          <strong style={{ display: 'block' }}>{`${e.itemDescription}: ${inWords(anchor)}`}</strong>
        </p>
        {wide && <TextInput label={t.recall.lot} description={t.recall.lotHint} value={lot} autoComplete="off" onChange={(ev) => setLot(ev.currentTarget.value)} />}
        <TextInput label={t.recall.href} description={t.recall.hrefHint} required withAsterisk={false} inputMode="url" autoComplete="off" value={href} onChange={(ev) => setHref(ev.currentTarget.value)} error={at('href')} data-autofocus />
        <TextInput label={t.recall.text} placeholder={t.recall.textExample} required withAsterisk={false} value={title} onChange={(ev) => setTitle(ev.currentTarget.value)} error={at('title')} />
        <div className="stack-s" role="status">
          <p>{t.recall.effect}</p>
          {all.data && <p>{t.recall.below(covered.length)}</p>}
          {stopped.length > 0 ? (
            <>
              <p>{t.recall.stops}</p>
              <ul>
                {stopped.slice(0, 12).map((l, i) => (
                  <li key={`${l.id} ${i}`}>
                    {`· ${l.title} `}
                    <code>{l.linktype}</code>
                  </li>
                ))}
              </ul>
            </>
          ) : (
            <p className="dim">{t.recall.stopsNothing}</p>
          )}
        </div>
        <div className="row">
          <Button type="submit" variant="default" className={css.grave} loading={set.isPending}>
            {t.recall.go}
          </Button>
          <Button variant="default" onClick={close}>
            {ui.cancel}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

export function EndRecall({ anchor, close }: { anchor: string; close: () => void }) {
  const queries = useQueryClient()
  const end = useMutation({
    mutationFn: () => answer(client.DELETE('/links/recall', { params: { query: { anchor } } })),
    onSuccess: () => {
      say(t.recall.ended)
      close()
      return refreshLinks(queries)
    },
  })
  return (
    <Modal opened onClose={close} title={t.recall.endTitle} closeButtonProps={{ 'aria-label': ui.close }}>
      <div className="stack">
        <p>{t.recall.endHint}</p>
        {end.error && <ErrorBox error={end.error} />}
        <div className="row">
          <Button loading={end.isPending} onClick={() => end.mutate()}>
            {t.recall.end}
          </Button>
          <Button variant="default" onClick={close}>
            {ui.cancel}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
