import { Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { IconX } from '@tabler/icons-react'
import { useCallback, useState } from 'react'
import { list, load } from '../../api'
import { country, localized, moment, number } from '../../format'
import { useLive, type LiveEvent } from '../../live'
import { results, type TapsSearch } from '../../search'
import { Allowed } from '../../shell/states'
import { tapCode } from '../../text/codes'
import { taps as t } from '../../text/taps'
import { ui } from '../../text/ui'
import { Filters } from '../../ui/Filters'
import { Page } from '../../ui/Page'
import { useNow } from '../../ui/Time'
import { rowsOf } from '../../ui/rows'
import { TapTable } from './TapTable'

const route = getRouteApi('/inside/taps')

export function Taps() {
  return (
    <Page title={t.title} lead={t.lead}>
      <Allowed action="tap.read">
        <Stream />
      </Allowed>
    </Page>
  )
}

function Stream() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const queries = useQueryClient()
  const options = list('/taps', search)
  const query = useInfiniteQuery({ ...options, placeholderData: keepPreviousData })
  const products = useQuery(load('/products', { query: { limit: 200 } }))
  const sets = useQuery(load('/keysets', { query: { limit: 200 } }))
  const [waiting, setWaiting] = useState(0)
  // A stretch of time that has ended gets no new taps.
  const open = !search.to || new Date(search.to) > new Date()

  useLive(
    useCallback(
      (e: LiveEvent | 'reset') => {
        if (open && e !== 'reset' && e.topic === 'tap') setWaiting((n) => n + 1)
      },
      [open],
    ),
  )
  const show = () => {
    setWaiting(0)
    // From the first page on again: rows that came in between would else be missing.
    void queries.resetQueries({ queryKey: options.queryKey })
    window.scrollTo({ top: 0 })
  }
  const { rows, more } = rowsOf(query)
  // They are of all things and countries: they are told where refused taps of all are shown.
  const { result, to, ...narrowed } = search
  const all = open && (!result || result === 'refused' || result === 'replayed') && !Object.values(narrowed).some(Boolean)
  const unrecorded = all ? (query.data?.pages[0]?.unrecorded ?? 0) : 0
  const change = (next: Partial<TapsSearch>) => {
    setWaiting(0)
    void navigate({ search: (s) => ({ ...s, ...next }), replace: true })
  }
  return (
    <>
      <div className="stack-s">
        <Filters
          value={search}
          onChange={change}
          fields={[
            { kind: 'choice', key: 'result', label: t.result, options: results.map((r) => ({ value: r, label: ui.result[r] })) },
            {
              kind: 'choice',
              key: 'gtin',
              label: t.product,
              options: (products.data?.items ?? []).map((p) => ({ value: p.gtin, label: localized(p.name) })),
            },
            { kind: 'choice', key: 'set', label: t.set, options: (sets.data?.items ?? []).map((s) => ({ value: s.name, label: s.name })) },
          ]}
        />
        <Chips search={search} change={change} />
      </div>
      <div className="card">
        {waiting > 0 && (
          <Button variant="light" fullWidth radius={0} size="compact-md" onClick={show} data-new={waiting}>
            {t.show(number(waiting))}
          </Button>
        )}
        {unrecorded > 0 && (
          <p className="pad" data-unrecorded={unrecorded}>
            {t.unrecorded(unrecorded)} <span className="dim">{t.unrecordedWhy}</span>
          </p>
        )}
        <TapTable rows={rows} more={more} error={query.error} retry={() => void query.refetch()} search={search} />
      </div>
    </>
  )
}

/** Filters that come from a link rather than from the form, each with a way to drop it. */
function Chips({ search, change }: { search: TapsSearch; change: (next: Partial<TapsSearch>) => void }) {
  const now = useNow()
  const time = [search.from && moment(search.from, now), search.to && moment(search.to, now)].filter(Boolean).join(' – ')
  const shown: [string, Partial<TapsSearch>][] = []
  if (search.country) shown.push([country(search.country), { country: undefined }])
  if (search.code) shown.push([tapCode(search.code), { code: undefined }])
  if (search.thing) shown.push([t.only.thing, { thing: undefined }])
  if (time) shown.push([time, { from: undefined, to: undefined }])
  if (shown.length === 0) return null
  return (
    <div className="row">
      {shown.map(([label, without]) => (
        <Button key={label} variant="light" size="compact-sm" rightSection={<IconX size={13} aria-hidden />} onClick={() => change(without)}>
          {label}
        </Button>
      ))}
    </div>
  )
}
