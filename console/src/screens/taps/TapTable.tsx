import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api'
import { country, number } from '../../format'
import type { TapsSearch } from '../../search'
import { tapCode, tapStep } from '../../text/codes'
import { taps as t } from '../../text/taps'
import { ui } from '../../text/ui'
import { CopyCall } from '../../ui/Copy'
import { DataTable, type DataTableProps } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { Evidence } from '../../ui/Evidence'
import { ResultChip, SealChip } from '../../ui/StateChip'
import { Time } from '../../ui/Time'

type Tap = Schema['Tap']
type Props = Pick<DataTableProps<Tap>, 'rows' | 'more' | 'error' | 'retry'> & { search: TapsSearch }

export function TapTable({ rows, more, error, retry, search }: Props) {
  const filtered = Object.values(search).some(Boolean)
  return (
    <DataTable<Tap>
      name={t.title}
      rows={rows}
      more={more}
      error={error}
      retry={retry}
      rowKey={(r) => r.event}
      to={(r) => (r.thing ? { to: '/things/$id', params: { id: r.thing.id } } : { to: '/events/$id', params: { id: r.event } })}
      aside={<CopyCall path="/taps" query={search} />}
      empty={
        filtered ? (
          <Empty title={t.noneFiltered}>{t.noneFilteredHint}</Empty>
        ) : (
          <Empty title={t.none} action={<Link to="/phone">{t.noneAction}</Link>}>
            {t.noneHint}
          </Empty>
        )
      }
      columns={[
        { key: 'result', header: t.result, csv: (r) => r.result, cell: (r) => <ResultChip result={r.result} />, width: '1%' },
        { key: 'thing', header: t.thing, csv: (r) => r.thing?.serial, cell: (r) => <What tap={r} /> },
        {
          key: 'step',
          header: t.step,
          hide: 'phone',
          csv: (r) => [r.step, r.code].filter(Boolean).join(' '),
          cell: (r) => <Failed tap={r} />,
        },
        { key: 'seal', header: t.seal, hide: 'tablet', csv: (r) => r.seal, cell: (r) => r.seal && <SealChip seal={r.seal} /> },
        {
          key: 'counter',
          header: t.counter,
          hide: 'tablet',
          number: true,
          csv: (r) => r.counter,
          cell: (r) => (r.counter === undefined ? '' : number(r.counter)),
        },
        { key: 'country', header: t.country, hide: 'phone', csv: (r) => r.country, cell: (r) => r.country && country(r.country) },
        { key: 'when', header: t.when, csv: (r) => r.at, cell: (r) => <Time at={r.at} relative={false} /> },
        { key: 'evidence', header: t.evidence, hide: 'tablet', cell: (r) => <Evidence event={r.event} seq={r.seq} short /> },
      ]}
    />
  )
}

function What({ tap }: { tap: Tap }) {
  return (
    <span>
      {tap.thing ? (
        <Link to="/things/$id" params={{ id: tap.thing.id }}>
          {tap.product?.name ?? tap.thing.gtin}
        </Link>
      ) : (
        <Link to="/events/$id" params={{ id: tap.event }}>
          {tap.product?.name ?? t.unknownThing}
        </Link>
      )}
      <span className="mono dim" style={{ display: 'block' }}>
        {tap.thing?.serial ?? tap.set}
      </span>
      {Boolean(tap.suppressed) && (
        <span className="meta" style={{ display: 'block' }} data-suppressed={tap.suppressed}>
          {t.more(tap.suppressed ?? 0)}
        </span>
      )}
    </span>
  )
}

/** Where the check of a tap ended, why, and what that means. */
function Failed({ tap }: { tap: Tap }) {
  if (!tap.step && !tap.code) return null
  return (
    <span>
      <strong>{tap.step ? tapStep(tap.step) : ui.result[tap.result]}</strong>
      {(tap.hint || tap.code) && (
        <span className="dim" style={{ display: 'block', maxWidth: '44ch' }}>
          {tap.hint || (tap.code && tapCode(tap.code))}
        </span>
      )}
    </span>
  )
}
