import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { answer, client, load, type Schema } from '../../api'
import { useCan } from '../../session'
import { phone as t } from '../../text/phone'
import { ErrorBox } from '../../ui/ErrorBox'
import { Evidence } from '../../ui/Evidence'
import { ResultChip } from '../../ui/StateChip'
import { Steps } from '../../ui/Steps'
import { Time } from '../../ui/Time'
import { Why } from '../../ui/Why'
import { decisionSteps } from './steps'
import type { Seen, Visit } from './visit'
import css from './Phone.module.css'

type Props = { bottle: Schema['VirtualBottle']; visit: Visit; seen: Seen }

/** The way of a tap through the server: what was checked, what was found, what is said and why. */
export function Decision({ bottle, visit, seen }: Props) {
  const can = useCan()
  const diagnosis = useQuery({
    queryKey: ['/diagnose', visit.url],
    queryFn: ({ signal }) => answer(client.POST('/diagnose', { body: { url: visit.url }, signal })),
    enabled: can('tag.diagnose'),
    staleTime: Infinity,
  })
  const tap = useQuery({
    queryKey: ['phone', 'tap', bottle.thing.id, visit.n, seen.loads],
    queryFn: async ({ signal }) => {
      const query = { thing: bottle.thing.id, limit: 1 }
      return (await answer(client.GET('/taps', { params: { query }, signal }))).items[0] ?? null
    },
    staleTime: Infinity,
  })
  const thing = useQuery({ ...load('/things/{id}', { path: { id: bottle.thing.id } }), enabled: can('thing.read') })
  const facts: Schema['Facts'] = {
    gtin: bottle.thing.gtin,
    seal: thing.data?.seal ?? bottle.seal,
    life: thing.data?.life ?? bottle.life,
    market: thing.data?.market,
    locale: seen.locale || navigator.language,
    ageConfirmed: seen.ageKnown,
    tap: tap.data?.result,
  }
  const said = useQuery({
    queryKey: ['/contents/preview', facts],
    queryFn: ({ signal }) => answer(client.POST('/contents/preview', { body: { facts }, signal })),
    enabled: can('content.read') && tap.isSuccess,
  })
  const error = tap.error ?? diagnosis.error
  if (error) return <ErrorBox error={error} />
  if (tap.isPending || (diagnosis.isLoading && can('tag.diagnose'))) {
    return <Skeleton height={320} aria-label={t.checking} />
  }
  return (
    <div className="stack" data-decision={tap.data?.result}>
      <div className={css.verdict}>
        <span className="dim">{t.kinds[visit.kind]}</span>
        {tap.data && <ResultChip result={tap.data.result} />}
      </div>
      {tap.data?.hint && <p>{tap.data.hint}</p>}
      <Steps items={decisionSteps({ visit, diagnosis: diagnosis.data, tap: tap.data, preview: said.data })} />
      {tap.data && (
        <p className="meta row">
          <Time at={tap.data.at} />
          <Evidence event={tap.data.event} seq={tap.data.seq} />
        </p>
      )}
      {said.data && said.data.why.length > 0 && (
        <details className={css.why}>
          <summary>{t.why}</summary>
          <Why reasons={said.data.why} />
        </details>
      )}
    </div>
  )
}
