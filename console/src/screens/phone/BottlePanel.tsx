import { Button, NativeSelect } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconDeviceMobileRotated, IconHandClick, IconRotate, IconScissors } from '@tabler/icons-react'
import { answer, client, type Schema } from '../../api'
import { number } from '../../format'
import { phone as t } from '../../text/phone'
import { Facts } from '../../ui/Facts'
import { Section } from '../../ui/Page'
import { LifeChip, SealChip } from '../../ui/StateChip'
import { say, sayProblem } from '../../ui/Undo'
import { Bottle } from './Bottle'
import { links, type Visit } from './visit'
import css from './Phone.module.css'

type Props = {
  bottle: Schema['VirtualBottle']
  bottles: Schema['VirtualBottle'][]
  visits: Visit[]
  onChoose: (chip: string) => void
  onMake: () => void
  onOpen: (visit: Omit<Visit, 'n'>) => void
  onForget: () => void
}

/** The bottle in the hand and what can be done with it. */
export function BottlePanel({ bottle, bottles, visits, onChoose, onMake, onOpen, onForget }: Props) {
  const queries = useQueryClient()
  const at = { params: { path: { chip: bottle.chip } } }
  const refresh = () => queries.invalidateQueries({ queryKey: ['/virtual'] })
  const tap = useMutation({
    mutationFn: () => answer(client.POST('/virtual/{chip}/tap', at)),
    onSuccess: (a) => {
      onOpen({ kind: 'tap', url: a.url, counter: a.bottle.counter })
      return refresh()
    },
    onError: sayProblem,
  })
  const tear = useMutation({
    mutationFn: () => answer(client.POST('/virtual/{chip}/tear', at)),
    onSuccess: () => {
      say(t.torn)
      return refresh()
    },
    onError: sayProblem,
  })
  const fresh = useMutation({
    mutationFn: () => answer(client.POST('/virtual/{chip}/reset', at)),
    onSuccess: async (b) => {
      await refresh()
      onChoose(b.chip)
    },
    onError: sayProblem,
  })
  const forget = useMutation({
    mutationFn: () => answer(client.POST('/phone/forget')),
    onSuccess: () => {
      say(t.forgotten)
      onForget()
    },
    onError: sayProblem,
  })
  const icon = { size: 16, stroke: 1.7, 'aria-hidden': true } as const
  return (
    <Section title={t.bottle}>
      <div className="stack">
        <NativeSelect
          label={t.pick}
          value={bottle.chip}
          onChange={(e) => (e.currentTarget.value ? onChoose(e.currentTarget.value) : onMake())}
          data={[...bottles.map((b) => ({ value: b.chip, label: `${b.product.name} · ${b.thing.serial}` })), { value: '', label: t.another }]}
        />
        <div className={css.hand}>
          <Bottle torn={bottle.loop === 'open'} drained={bottle.life === 'drained'} />
          <Facts
            items={[
              [t.seal, <SealChip seal={bottle.seal} />],
              [t.life, <LifeChip life={bottle.life} />],
              [t.loop, t.loops[bottle.loop]],
              [t.counter, number(bottle.counter)],
              [
                t.serial,
                <Link to="/things/$id" params={{ id: bottle.thing.id }} className="mono" title={t.story}>
                  {bottle.thing.serial}
                </Link>,
              ],
            ]}
          />
        </div>
        <Button size="md" leftSection={<IconHandClick size={18} aria-hidden />} loading={tap.isPending} onClick={() => tap.mutate()}>
          {visits.length > 0 ? t.tapAgain : t.tap}
        </Button>
        <div className={css.acts}>
          {bottle.tells && (
            <Button
              variant="default"
              leftSection={<IconScissors {...icon} />}
              disabled={bottle.loop === 'open'}
              loading={tear.isPending}
              onClick={() => tear.mutate()}
            >
              {t.tear}
            </Button>
          )}
          <Button variant="default" leftSection={<IconDeviceMobileRotated {...icon} />} loading={forget.isPending} onClick={() => forget.mutate()}>
            {t.forget}
          </Button>
          <Button variant="default" leftSection={<IconRotate {...icon} />} loading={fresh.isPending} onClick={() => fresh.mutate()}>
            {t.fresh}
          </Button>
        </div>
        {!bottle.tells && <p className="meta">{t.tellsNothing(bottle.set)}</p>}
        <History visits={visits} onOpen={onOpen} />
      </div>
    </Section>
  )
}

function History({ visits, onOpen }: Pick<Props, 'visits' | 'onOpen'>) {
  const known = links(visits)
  if (known.length === 0) return null
  return (
    <div className="stack-s">
      <h3>{t.history}</h3>
      <p className="meta">{t.historyHint}</p>
      <ol className={css.history}>
        {known.map((v, i) => (
          <li key={v.n}>
            <span>
              {t.link(v.counter)}
              {i === 0 && <span className="meta">{` · ${t.latest}`}</span>}
            </span>
            <Button
              variant="default"
              size="compact-sm"
              aria-label={t.replayOf(v.counter)}
              onClick={() => onOpen({ kind: 'replay', url: v.url, counter: v.counter })}
            >
              {t.replay}
            </Button>
          </li>
        ))}
      </ol>
    </div>
  )
}
