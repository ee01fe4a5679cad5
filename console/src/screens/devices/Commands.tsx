import { Button, Modal, NativeSelect, PasswordInput, TextInput } from '@mantine/core'
import { IconCircleCheck, IconCircleDashed, IconCircleX, IconClock, IconHelp, IconLoader2, type Icon } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, client, fieldErrors, load, type Schema } from '../../api'
import { useCan } from '../../session'
import { devices as t } from '../../text/devices'
import { ui } from '../../text/ui'
import { ErrorBox } from '../../ui/ErrorBox'
import { Section } from '../../ui/Page'
import { StateChip, type Tone } from '../../ui/StateChip'
import { Time } from '../../ui/Time'
import { say } from '../../ui/Undo'
import type { Device } from './Device'
import { shown } from './value'

type Command = Schema['DeviceCommand']
type State = Command['state']

const looks: Partial<Record<State, [Icon, Tone]>> = {
  succeeded: [IconCircleCheck, 'good'],
  failed: [IconCircleX, 'bad'],
  rejected: [IconCircleX, 'bad'],
  unknown: [IconHelp, 'warn'],
  expired: [IconClock, 'neutral'],
  cancelled: [IconCircleDashed, 'neutral'],
  'awaiting-confirmation': [IconHelp, 'info'],
}

/** What a device was told to do, and the buttons for more. */
export function Commands({ device: d }: { device: Device }) {
  const may = useCan()
  const queries = useQueryClient()
  const path = { brand: d.brand, name: d.name }
  const model = useQuery(load('/models/{key}', { path: { key: d.model } }))
  const query = useQuery({ ...load('/devices/{brand}/{name}/commands', { path, query: { limit: 10 } }), refetchInterval: 2000 })
  const [confirming, setConfirming] = useState<Command>()
  const refresh = () => queries.invalidateQueries({ queryKey: ['/devices/{brand}/{name}/commands'] })
  const order = useMutation({
    mutationFn: ({ name, args }: { name: string; args?: Record<string, unknown> }) => answer(client.POST('/devices/{brand}/{name}/commands', { params: { path }, body: { name, args: args as never } })),
    onSuccess: (c) => {
      if (c.state === 'awaiting-confirmation') setConfirming(c)
      else say(t.commands.ordered)
      return refresh()
    },
  })
  const commands = Object.entries(model.data?.commands ?? {})
  return (
    <Section title={t.commands.title}>
      {order.error && <ErrorBox error={order.error} />}
      {may('device.command') && d.state === 'active' && (
        <div className="stack-s">
          {commands.map(([name, c]) => (
            <Order key={name} name={name} command={c} busy={order.isPending} order={(args) => order.mutate({ name, args })} />
          ))}
        </div>
      )}
      {query.error && <ErrorBox error={query.error} retry={() => void query.refetch()} />}
      {query.data?.items.length === 0 && <p className="meta">{t.commands.none}</p>}
      <ol className="stack-s">
        {query.data?.items.map((c) => {
          const [icon, tone] = looks[c.state] ?? [IconLoader2, 'info']
          return (
            <li key={c.id} data-command={c.name} data-state={c.state}>
              <p className="row">
                <strong>{c.title || c.name}</strong>
                <StateChip icon={icon} tone={tone} title={c.state === 'unknown' ? t.commands.unknownHint : c.code}>
                  {t.commands.states[c.state]}
                </StateChip>
                {c.state === 'awaiting-confirmation' && may('device.command') && (
                  <Button size="compact-xs" onClick={() => setConfirming(c)}>
                    {t.commands.confirm}
                  </Button>
                )}
              </p>
              <p className="meta">
                <Time at={c.createdAt} /> {t.commands.by(c.orderedBy)}
              </p>
            </li>
          )
        })}
      </ol>
      {confirming && (
        <Confirm
          device={d}
          command={confirming}
          close={() => {
            setConfirming(undefined)
            void refresh()
          }}
        />
      )}
    </Section>
  )
}

function Order({ name, command: c, busy, order }: { name: string; command: Schema['Command']; busy: boolean; order: (args?: Record<string, unknown>) => void }) {
  const args = Object.entries(c.args ?? {})
  return (
    <form
      className="row"
      onSubmit={(e) => {
        e.preventDefault()
        const form = new FormData(e.currentTarget)
        order(Object.fromEntries(args.map(([arg, p]) => {
          const text = String(form.get(arg) ?? '')
          return [arg, p.flag ? text === 'true' : p.enum?.length ? text : Number(text)]
        })))
      }}
    >
      {args.map(([arg, p]) =>
        p.enum?.length ? (
          <NativeSelect key={arg} name={arg} size="xs" aria-label={`${c.title || name}: ${arg}`} data={p.enum} />
        ) : (
          <TextInput key={arg} name={arg} size="xs" w={72} aria-label={`${c.title || name}: ${p.title || arg}`} defaultValue={String(p.min ?? '')} inputMode="decimal" required withAsterisk={false} />
        ),
      )}
      <Button type="submit" size="xs" variant="default" loading={busy}>
        {c.title || name}
      </Button>
    </form>
  )
}

/** The fresh word for what opens, moves or heats something. */
function Confirm({ device: d, command: c, close }: { device: Device; command: Command; close: () => void }) {
  const twin = useQuery(load('/devices/{brand}/{name}/twin', { path: { brand: d.brand, name: d.name } }))
  const confirm = useMutation({
    mutationFn: (password: string) => answer(client.POST('/commands/{id}/confirmation', { params: { path: { id: c.id } }, body: { password, challenge: c.challenge ?? '' } })),
    onSuccess: () => {
      say(t.commands.ordered)
      close()
    },
  })
  const now = (twin.data?.leaves ?? []).filter((l) => l.value !== undefined && (l.enum?.length || l.flag))
  return (
    <Modal opened onClose={close} title={t.commands.confirmTitle(c.title || c.name)} closeButtonProps={{ 'aria-label': ui.close }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          confirm.mutate(String(new FormData(e.currentTarget).get('password') ?? ''))
        }}
      >
        <p>{t.commands.confirmLead(d.title || d.name)}</p>
        <p className="meta">
          {t.commands.now}: {now.map((l) => `${l.title || l.name} ${shown(l.value)}`).join(', ')}
        </p>
        {confirm.error && !fieldErrors(confirm.error).password && <ErrorBox error={confirm.error} />}
        <PasswordInput name="password" label={t.commands.password} required withAsterisk={false} autoComplete="current-password" error={fieldErrors(confirm.error).password} data-autofocus />
        <div className="row">
          <Button type="submit" color="red" loading={confirm.isPending}>
            {c.title || c.name}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
