import { Skeleton } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { list } from '../../api'
import { Allowed, Waiting } from '../../shell/states'
import { phone as t } from '../../text/phone'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Page, Section } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { BottlePanel } from './BottlePanel'
import { Decision } from './Decision'
import { MakeBottle } from './MakeBottle'
import { PhoneFrame } from './PhoneFrame'
import { remembered, visited, type Seen, type Visit } from './visit'
import css from './Phone.module.css'

const route = getRouteApi('/inside/phone')

export function Phone() {
  return (
    <Page title={t.title} lead={t.lead}>
      <Allowed action="phone.use">
        <Bench />
      </Allowed>
    </Page>
  )
}

function Bench() {
  const { bottle: chip } = route.useSearch()
  const navigate = route.useNavigate()
  const query = useInfiniteQuery({ ...list('/virtual', { limit: 50 }), placeholderData: keepPreviousData })
  const { rows } = rowsOf(query)
  const queries = useQueryClient()
  const [making, setMaking] = useState(false)
  const [visits, setVisits] = useState<Visit[]>([])
  const [seen, setSeen] = useState<Seen>()

  if (query.error && !rows) return <ErrorBox error={query.error} retry={() => void query.refetch()} />
  if (!rows) return <Waiting />
  const bottle = rows.find((b) => b.chip === chip) ?? (chip ? undefined : rows[0])
  const visit = visits[0]
  const choose = (id: string | undefined) => {
    setMaking(false)
    setVisits([])
    setSeen(undefined)
    void navigate({ search: { bottle: id }, replace: true })
  }
  const open = (next: Omit<Visit, 'n'>) => setVisits((v) => visited(v, next, bottle))

  return (
    <div className={css.bench}>
      <div className="stack">
        {making || !bottle ? (
          <MakeBottle onMade={(b) => choose(b.chip)} onCancel={bottle && (() => setMaking(false))} />
        ) : (
          <BottlePanel
            bottle={bottle}
            bottles={rows}
            visits={visits.length > 0 ? visits : remembered(bottle)}
            onChoose={choose}
            onMake={() => setMaking(true)}
            onOpen={open}
            onForget={() => setVisits((v) => v.map((each) => ({ ...each, blank: true })))}
          />
        )}
      </div>
      <PhoneFrame
        visit={visit}
        onLoad={(n, page) => {
          setSeen((s) => ({ ...page, visit: n, loads: (s?.loads ?? 0) + 1 }))
          // The page has come, so the tap has been decided: the bottle may be another one now.
          void queries.invalidateQueries({ predicate: (q) => q.queryKey[0] === '/virtual' || q.queryKey[0] === '/things/{id}' })
        }}
      />
      <Section title={t.decision}>
        {!bottle || !visit || visit.blank ? (
          <Empty title={t.waiting}>{t.waitingHint}</Empty>
        ) : seen?.visit === visit.n ? (
          <Decision bottle={bottle} visit={visit} seen={seen} />
        ) : (
          <Skeleton height={320} />
        )}
      </Section>
    </div>
  )
}
