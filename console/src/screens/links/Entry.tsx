import { Button, Modal } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconAlertOctagon } from '@tabler/icons-react'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, client, load } from '../../api'
import { useCan } from '../../session'
import { Allowed, Waiting } from '../../shell/states'
import { links as t } from '../../text/links'
import { ui } from '../../text/ui'
import { CopyCall } from '../../ui/Copy'
import { ErrorBox } from '../../ui/ErrorBox'
import { LinkButton } from '../../ui/LinkButton'
import { Page, Section } from '../../ui/Page'
import { offerUndo, say, sayProblem } from '../../ui/Undo'
import { inWords, keyOf, type Entry as Shape } from './anchor'
import { Clicks } from './Clicks'
import { History, lastChange } from './History'
import { Levels } from './Levels'
import { LinkTable } from './LinkTable'
import { EndRecall, Recall } from './Recall'
import { refreshLinks, undoChange } from './save'
import { Try } from './Try'
import css from './Links.module.css'

const route = getRouteApi('/inside/links/entry')
const back = { to: '/links', label: t.title }

export function Entry() {
  const { anchor = '' } = route.useSearch()
  const query = useQuery(load('/links/entry', { query: { anchor } }))
  const e = query.data
  if (!e || query.isError) {
    return (
      <Page title={inWords(anchor) || t.entry.title} back={back}>
        <Allowed action="link.read">
          {query.error ? <ErrorBox error={query.error} retry={() => void query.refetch()} /> : <Waiting />}
          {query.error && <History anchor={anchor} />}
        </Allowed>
      </Page>
    )
  }
  return <Loaded key={e.anchor} entry={e} />
}

function Loaded({ entry: e }: { entry: Shape }) {
  const can = useCan()
  const [asking, setAsking] = useState<'recall' | 'end' | 'delete'>()
  return (
    <Page
      title={e.itemDescription}
      lead={inWords(e.anchor)}
      back={back}
      actions={
        <>
          {e.gtin && e.product && can('product.read') && (
            <LinkButton to="/products/$gtin" params={{ gtin: e.gtin }}>
              {t.entry.toProduct}
            </LinkButton>
          )}
          {can('link.write') && <CheckNow anchor={e.anchor} />}
          {can('link.write') && (
            <Button variant="default" onClick={() => setAsking('delete')}>
              {t.entry.delete}
            </Button>
          )}
          {can('link.recall') && !e.recalled && !e.anchor.endsWith('*') && (
            <Button variant="default" className={css.grave} leftSection={<IconAlertOctagon size={16} aria-hidden />} onClick={() => setAsking('recall')}>
              {t.recall.button}
            </Button>
          )}
        </>
      }
    >
      {e.recalled && (
        <div className={css.banner} role="status">
          <IconAlertOctagon size={18} aria-hidden />
          <span>{t.recall.banner}</span>
          {can('link.recall') && (
            <Button size="xs" variant="default" onClick={() => setAsking('end')}>
              {t.recall.end}
            </Button>
          )}
        </div>
      )}
      <div className="two">
        <div className="stack">
          <LinkTable entry={e} />
          <Try anchor={e.anchor} />
        </div>
        <div className="stack">
          <Levels anchor={e.anchor} />
          {can('tap.read') && (
            <Section title={t.clicks.title} aside={<LinkButton small to="/links/scans" search={{ anchor: keyOf(e.anchor) }}>{t.clicks.more}</LinkButton>}>
              <Clicks by="day" anchor={keyOf(e.anchor)} period="30d" />
            </Section>
          )}
          <History anchor={e.anchor} />
        </div>
      </div>
      <div className="row">
        <CopyCall path="/links/entry" query={{ anchor: e.anchor }} />
      </div>
      {asking === 'recall' && <Recall entry={e} close={() => setAsking(undefined)} />}
      {asking === 'end' && <EndRecall anchor={e.anchor} close={() => setAsking(undefined)} />}
      {asking === 'delete' && <Delete entry={e} close={() => setAsking(undefined)} />}
    </Page>
  )
}

/** Asks the addresses of the entry at once, a few of them. */
function CheckNow({ anchor }: { anchor: string }) {
  const queries = useQueryClient()
  const check = useMutation({
    mutationFn: () => answer(client.POST('/links/checks', { params: { query: { anchor } } })),
    onSuccess: ({ items }) => {
      const broken = items.filter((h) => !h.ok).length
      say(broken > 0 ? t.checksPage.foundBroken(broken, items.length) : t.checksPage.foundFine(items.length))
      return refreshLinks(queries)
    },
    onError: sayProblem,
  })
  return (
    <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
      {t.checksPage.now}
    </Button>
  )
}

function Delete({ entry: e, close }: { entry: Shape; close: () => void }) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const remove = useMutation({
    mutationFn: async () => {
      await answer(client.DELETE('/links/entry', { params: { query: { anchor: e.anchor }, header: { 'If-Match': `"${e.version}"` } } }))
      return lastChange(e.anchor)
    },
    onSuccess: (seq) => {
      if (seq) offerUndo(t.entry.entryRemoved, () => undoChange(seq).then(() => refreshLinks(queries)))
      void navigate({ to: '/links' }).then(() => refreshLinks(queries))
    },
  })
  return (
    <Modal opened onClose={close} title={t.entry.deleteTitle} closeButtonProps={{ 'aria-label': ui.close }}>
      <div className="stack">
        <p>{t.entry.deleteHint}</p>
        {remove.error && <ErrorBox error={remove.error} />}
        <div className="row">
          <Button variant="default" className={css.grave} loading={remove.isPending} onClick={() => remove.mutate()}>
            {t.entry.delete}
          </Button>
          <Button variant="default" onClick={close}>
            {ui.cancel}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
