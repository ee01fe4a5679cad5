import { NativeSelect, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { load } from '../../api'
import { periods, type Period } from '../../period'
import { bys } from '../../search'
import { Allowed } from '../../shell/states'
import { links as t } from '../../text/links'
import { ui } from '../../text/ui'
import { Filters } from '../../ui/Filters'
import { Page, Section } from '../../ui/Page'
import { Clicks } from './Clicks'

const route = getRouteApi('/inside/links/scans')

export function Scans() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const types = useQuery({ ...load('/links/types'), staleTime: Infinity })
  const { by = 'type', period = '30d', anchor, type, market } = search
  const change = (next: Partial<typeof search>) => void navigate({ search: (s) => ({ ...s, ...next }), replace: true })
  return (
    <Page
      title={t.clicks.title}
      lead={t.clicks.lead}
      back={{ to: '/links', label: t.title }}
      actions={
        <SegmentedControl
          aria-label={t.clicks.period}
          value={period}
          onChange={(v) => change({ period: v as Period })}
          data={periods.filter((p) => p !== '24h').map((p) => ({ value: p, label: ui.period[p] }))}
        />
      }
    >
      <Allowed action="tap.read">
        <Filters
          value={{ anchor, type, market }}
          onChange={change}
          fields={[
            { kind: 'text', key: 'anchor', label: t.clicks.anchor },
            { kind: 'choice', key: 'type', label: t.type, options: (types.data?.types ?? []).filter((l) => !l.reserved).map((l) => ({ value: l.type, label: l.title })) },
            { kind: 'text', key: 'market', label: t.try.market },
          ]}
        />
        <Section title={t.clicks.byName.day}>
          <Clicks by="day" period={period} anchor={anchor} type={type} market={market} />
        </Section>
        <Section
          title={t.clicks.byName[by]}
          flush
          aside={<NativeSelect aria-label={t.clicks.by} size="xs" value={by} onChange={(e) => change({ by: e.currentTarget.value as (typeof bys)[number] })} data={bys.map((b) => ({ value: b, label: t.clicks.byName[b] }))} />}
        >
          <Clicks by={by} period={period} anchor={anchor} type={type} market={market} />
        </Section>
      </Allowed>
    </Page>
  )
}
