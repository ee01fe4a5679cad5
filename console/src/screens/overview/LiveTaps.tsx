import { Skeleton } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useCallback, useEffect, useRef, useState } from 'react'
import { load, type Schema } from '../../api'
import { country, number } from '../../format'
import { throttled, useLive, type LiveEvent } from '../../live'
import { overview as t } from '../../text/overview'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Section } from '../../ui/Page'
import { ResultChip } from '../../ui/StateChip'
import { Time } from '../../ui/Time'
import css from './Overview.module.css'

const shown = 8

/** The latest taps as they happen; while the pointer or the focus is on them they hold still and count. */
export function LiveTaps({ market }: { market?: string }) {
  const query = useQuery({
    ...load('/taps', { query: { limit: shown, country: market } }),
    placeholderData: keepPreviousData,
  })
  const { refetch } = query
  const [waiting, setWaiting] = useState(0)
  const held = useRef(false)
  const [refresh] = useState(() => throttled(() => void refetch(), 1000))
  useEffect(() => refresh.cancel, [refresh])

  useLive(
    useCallback(
      (e: LiveEvent | 'reset') => {
        if (e === 'reset') refresh()
        else if (e.topic === 'tap' && held.current) setWaiting((n) => n + 1)
        else if (e.topic === 'tap') refresh()
      },
      [refresh],
    ),
  )
  const show = () => {
    setWaiting(0)
    void refetch()
  }
  const release = () => {
    held.current = false
    if (waiting > 0) show()
  }
  const rows = query.data?.items
  const fresh = useFresh(rows)

  return (
    <Section title={t.live.title} aside={<Link to="/taps">{t.live.all}</Link>} flush>
      <div
        data-live
        onPointerEnter={() => (held.current = true)}
        onPointerLeave={release}
        onFocus={() => (held.current = true)}
        onBlur={(e) => !e.currentTarget.contains(e.relatedTarget) && release()}
      >
        {waiting > 0 && (
          <button type="button" className={css.new} onClick={show} data-new={waiting}>
            {t.live.show(number(waiting))}
          </button>
        )}
        {query.error && !rows && (
          <div className="pad">
            <ErrorBox error={query.error} retry={() => void refetch()} />
          </div>
        )}
        {rows?.length === 0 && <Empty title={t.live.none}>{t.live.noneHint}</Empty>}
        <ul className={css.list}>
          {!rows && !query.error && Array.from({ length: shown }, (_, i) => <Waiting key={i} />)}
          {rows?.map((tap) => <Tap key={tap.event} tap={tap} fresh={fresh.has(tap.event)} />)}
        </ul>
      </div>
    </Section>
  )
}

function Tap({ tap, fresh }: { tap: Schema['Tap']; fresh: boolean }) {
  return (
    <li data-fresh={fresh || undefined}>
      <span>
        <ResultChip result={tap.result} />
      </span>
      <span className={css.what}>
        {tap.thing ? (
          <Link to="/things/$id" params={{ id: tap.thing.id }}>
            {tap.product?.name ?? tap.thing.gtin}
          </Link>
        ) : (
          <Link to="/events/$id" params={{ id: tap.event }}>
            {tap.product?.name ?? tap.code ?? tap.event}
          </Link>
        )}
        <span className="meta">
          {[tap.thing?.serial, tap.country && country(tap.country), tap.suppressed && t.live.more(number(tap.suppressed))].filter(Boolean).join(' · ')}
        </span>
      </span>
      <span className="dim">
        <Time at={tap.at} />
      </span>
    </li>
  )
}

function Waiting() {
  return (
    <li>
      <Skeleton height={22} width={88} radius={99} />
      <span className={css.what}>
        <Skeleton height={14} my={2} width="60%" />
        <Skeleton height={12} my={2} width="40%" />
      </span>
      <Skeleton height={14} width={96} />
    </li>
  )
}

/** The taps that were not there the time before; none on the first showing. */
function useFresh(rows: Schema['Tap'][] | undefined): Set<string> {
  const before = useRef<Set<string> | undefined>(undefined)
  const [fresh, setFresh] = useState<Set<string>>(new Set())
  useEffect(() => {
    if (!rows) return
    const now = new Set(rows.map((r) => r.event))
    const seen = before.current
    before.current = now
    if (seen) setFresh(new Set([...now].filter((id) => !seen.has(id))))
  }, [rows])
  return fresh
}
