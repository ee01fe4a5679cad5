import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, base, client, load, type Schema } from '../../api'
import { number } from '../../format'
import { useCan } from '../../session'
import { Allowed, Waiting } from '../../shell/states'
import { tags as t } from '../../text/tags'
import { ui } from '../../text/ui'
import { ErrorBox } from '../../ui/ErrorBox'
import { Facts } from '../../ui/Facts'
import { LinkButton } from '../../ui/LinkButton'
import { Page, Section } from '../../ui/Page'
import { Time } from '../../ui/Time'
import { say, sayProblem } from '../../ui/Undo'
import { Encoding } from './Encoding'
import { SetChips } from './SetState'

const route = getRouteApi('/inside/tags/sets/$name')
const back = { to: '/tags', label: t.title }

export function KeySet() {
  const { name } = route.useParams()
  const can = useCan()
  const query = useQuery(load('/keysets/{name}', { path: { name } }))
  const set = query.data?.current
  if (!set) {
    return (
      <Page title={name} back={back}>
        <Allowed action="tag.read">
          {query.error ? <ErrorBox error={query.error} retry={() => void query.refetch()} /> : <Waiting />}
        </Allowed>
      </Page>
    )
  }
  const download = `${base}/chips/encode.csv?${new URLSearchParams({ set: name })}`
  return (
    <Page
      title={set.name}
      back={back}
      lead={
        <span className="row">
          <SetChips set={set} />
        </span>
      }
      actions={
        <>
          {can('tag.encode') && (
            <Button component="a" href={download} download variant="default">
              {t.download}
            </Button>
          )}
          {can('tag.write') && <LinkButton to="/tags/import" search={{ set: name }}>{t.importChips}</LinkButton>}
          {can('tag.write') && <NewEpoch set={set} />}
        </>
      }
    >
      <div className="two">
        <div className="stack">
          <Encoding name={name} />
          <Section title={t.epochs}>
            <ul className="stack">
              {query.data?.epochs.map((e) => <Epoch key={e.epoch} set={e} />)}
            </ul>
          </Section>
        </div>
        <Section title={t.about}>
          <About set={set} />
        </Section>
      </div>
    </Page>
  )
}

function About({ set }: { set: Schema['KeySet'] }) {
  return (
    <>
      <Facts
        items={[
          [t.scheme, t.schemes[set.scheme]],
          [t.mode, t.modes[set.mode]],
          [t.epoch, set.epoch],
          [t.template, <code>{set.template}</code>],
          [t.slots, t.slotsValue(set.metaSlot, set.fileSlot)],
          [t.system, set.systemId],
          [t.checks, <code>{t.checksValue(set.checks.meta, set.checks.file)}</code>],
          [t.chips, <LinkButton small to="/tags/chips" search={{ set: set.name }}>{number(set.chips)}</LinkButton>],
          [t.created, <Time at={set.createdAt} />],
        ]}
      />
      <p className="meta">{t.checksHint}</p>
    </>
  )
}

function NewEpoch({ set }: { set: Schema['KeySet'] }) {
  const queries = useQueryClient()
  const begin = useMutation({
    mutationFn: () => answer(client.POST('/keysets/{name}/epochs', { params: { path: { name: set.name } }, body: {} })),
    onSuccess: () => {
      say(t.newEpochDone)
      return queries.invalidateQueries({ queryKey: ['/keysets/{name}'] })
    },
    onError: sayProblem,
  })
  return (
    <Button title={t.newEpochHint} loading={begin.isPending} onClick={() => begin.mutate()}>
      {t.newEpoch}
    </Button>
  )
}

function Epoch({ set }: { set: Schema['KeySet'] }) {
  const can = useCan()
  const [asking, setAsking] = useState(false)
  return (
    <li className="row between">
      <span>
        <strong>{`${t.epoch} ${set.epoch}`}</strong> <SetChips set={set} />
        <span className="meta" style={{ display: 'block' }}>
          <code>{t.checksValue(set.checks.meta, set.checks.file)}</code> · <Time at={set.createdAt} relative={false} />
        </span>
      </span>
      {set.state === 'active' && can('tag.write') && (
        <Button variant="default" size="xs" onClick={() => setAsking(true)}>
          {t.retire}
        </Button>
      )}
      {asking && <Retire set={set} close={() => setAsking(false)} />}
    </li>
  )
}

/** Retiring cannot be taken back, so its name is typed, beside how many it hits. */
function Retire({ set, close }: { set: Schema['KeySet']; close: () => void }) {
  const queries = useQueryClient()
  const [typed, setTyped] = useState('')
  const retire = useMutation({
    mutationFn: () =>
      answer(client.POST('/keysets/{name}/retire', { params: { path: { name: set.name } }, body: { epoch: set.epoch } })),
    onSuccess: () => {
      say(t.retireDone)
      close()
      return queries.invalidateQueries({ queryKey: ['/keysets/{name}'] })
    },
  })
  return (
    <Modal opened onClose={close} title={t.retireTitle(set.name, set.epoch)} closeButtonProps={{ 'aria-label': ui.close }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          if (typed === set.name) retire.mutate()
        }}
      >
        <p>{t.retireWhat(set.chips)}</p>
        {retire.error && <ErrorBox error={retire.error} />}
        <TextInput label={t.retireType(set.name)} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} autoComplete="off" data-autofocus />
        <div className="row">
          <Button type="submit" color="red" disabled={typed !== set.name} loading={retire.isPending}>
            {t.retire}
          </Button>
          <Button variant="default" onClick={close}>
            {ui.cancel}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
