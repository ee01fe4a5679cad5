import { Button, Skeleton } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { list, load, type Schema } from '../../api'
import { country, gtin, number } from '../../format'
import { useCan } from '../../session'
import { PassportOf } from '../../shell/PassportOf'
import { Allowed, Waiting } from '../../shell/states'
import { things as t } from '../../text/things'
import { ui } from '../../text/ui'
import { alarmWords } from '../../text/codes'
import { Copy } from '../../ui/Copy'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Facts } from '../../ui/Facts'
import { Page, Section } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { AlarmChip, LifeChip, SealChip } from '../../ui/StateChip'
import { Story } from '../../ui/Story'
import { Time } from '../../ui/Time'

const route = getRouteApi('/inside/things/$id')
const back = { to: '/things', label: t.title }

export function Thing() {
  const { id } = route.useParams()
  const can = useCan()
  const query = useQuery(load('/things/{id}', { path: { id } }))
  const thing = query.data
  if (!thing) {
    return (
      <Page title={t.thing} back={back}>
        <Allowed action="thing.read">
          {query.error ? <ErrorBox error={query.error} retry={() => void query.refetch()} /> : <Waiting />}
        </Allowed>
      </Page>
    )
  }
  const virtual = thing.chips?.find((c) => c.virtual)
  return (
    <Page
      title={thing.product?.name ?? t.noProduct}
      back={back}
      lead={
        <span className="row">
          <span className="mono">{thing.serial}</span>
          <span className="row" style={{ gap: 6 }}>
            <span className="meta">{t.seal}</span>
            <SealChip seal={thing.seal} />
          </span>
          <span className="row" style={{ gap: 6 }}>
            <span className="meta">{t.life}</span>
            <LifeChip life={thing.life} />
          </span>
          {thing.recalledAt && <AlarmChip>{t.recalled}</AlarmChip>}
          {thing.alarms.map((a) => (
            <AlarmChip key={a}>{alarmWords(a)}</AlarmChip>
          ))}
        </span>
      }
      actions={
        <>
          {can('way.read') && (
            <Link to="/ways" search={{ tab: 'way', id: `(01)${thing.gtin}(21)${thing.serial}` }}>
              {t.way}
            </Link>
          )}
          <Link to="/codes" search={{ gtin: thing.gtin, lot: thing.lot, serial: thing.serial }}>
            {t.codes}
          </Link>
          {virtual && (
            <Link to="/phone" search={{ bottle: virtual.id }}>
              {t.phone}
            </Link>
          )}
        </>
      }
    >
      <div className="two">
        <Section title={t.story} aside={<Link to="/taps" search={{ thing: thing.id }}>{t.allTaps}</Link>}>
          <LifeStory id={thing.id} />
        </Section>
        <div className="stack">
          <Section title={t.about}>
            <About thing={thing} />
          </Section>
          <Section title={t.tags}>
            <Tags chips={thing.chips ?? []} />
          </Section>
        </div>
      </div>
    </Page>
  )
}

function LifeStory({ id }: { id: string }) {
  const query = useInfiniteQuery(list('/things/{id}/story', { limit: 30 }, { path: { id } }))
  const { rows, more } = rowsOf(query)
  if (query.error && !rows) return <ErrorBox error={query.error} retry={() => void query.refetch()} />
  if (!rows) return <Skeleton height={320} />
  return (
    <>
      <Story entries={rows} empty={<Empty title={t.storyNone}>{t.storyNoneHint}</Empty>} />
      {more.has && (
        <Button variant="default" size="xs" loading={more.busy} onClick={more.load}>
          {ui.more}
        </Button>
      )}
    </>
  )
}

function About({ thing }: { thing: Schema['Thing'] }) {
  const opened = thing.openedAt && (
    <>
      {thing.openedAfter && (
        <>
          <Time at={thing.openedAfter} relative={false} />
          {' – '}
        </>
      )}
      <Time at={thing.openedAt} />
    </>
  )
  return (
    <>
      <Facts
        items={[
          [t.product, <Link to="/products/$gtin" params={{ gtin: thing.gtin }}>{thing.product?.name ?? gtin(thing.gtin)}</Link>],
          [t.gtin, <span className="mono">{gtin(thing.gtin)}</span>],
          [t.serial, <span className="mono">{thing.serial}</span>],
          [t.lot, thing.lot && <Link to="/things" search={{ lot: thing.lot }}>{thing.lot}</Link>],
          [t.market, thing.market && country(thing.market)],
          [t.made, thing.madeAt && <Time at={thing.madeAt} />],
          [t.sold, thing.soldAt && <Time at={thing.soldAt} />],
          [t.opened, opened],
          [t.drained, thing.drainedAt && <Time at={thing.drainedAt} />],
          [t.taps, <Link to="/taps" search={{ thing: thing.id }}>{number(thing.taps)}</Link>],
          [t.lastTap, thing.lastTapAt && <Time at={thing.lastTapAt} />],
          [t.epoch, thing.epoch > 1 ? t.epochValue(thing.epoch) : undefined],
          [t.passport, <PassportOf gtin={thing.gtin} lot={thing.lot} serial={thing.serial} />],
          [t.link, <span className="mono">{thing.digitalLink}</span>],
        ]}
      />
      <div className="row">
        <Copy value={thing.digitalLink} />
        <a href={new URL(thing.digitalLink, location.origin).pathname} target="_blank" rel="noreferrer">
          {t.open}
        </a>
      </div>
    </>
  )
}

function Tags({ chips }: { chips: Schema['Chip'][] }) {
  if (chips.length === 0) return <p className="dim">{t.noTag}</p>
  return (
    <ul className="stack-s">
      {chips.map((c) => (
        <li key={c.id} className="row between">
          <span>
            <span className="mono">{c.uid}</span>
            <span className="meta" style={{ display: 'block' }}>
              {[c.lastCounter !== undefined && t.counter(number(c.lastCounter)), c.virtual && t.virtual].filter(Boolean).join(' · ')}
            </span>
          </span>
          <Link to="/tags/sets/$name" params={{ name: c.set }}>
            {c.set}
          </Link>
        </li>
      ))}
    </ul>
  )
}
