import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api'
import { number } from '../../format'
import type { Period } from '../../period'
import { overview as t } from '../../text/overview'
import { tapCode } from '../../text/codes'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { Section } from '../../ui/Page'
import { comparedInWords } from '../../ui/Stat'
import { ResultChip } from '../../ui/StateChip'

type Result = Schema['Overview']['results'][number]
type Product = Schema['Overview']['products'][number]

/** The numbers again, by what taps came to and by product. */
export function Breakdown({ data, period }: { data: Schema['Overview']; period: Period }) {
  const change = (r: { taps: number; previous: number }) => (
    <span className="meta">{comparedInWords(r.taps, r.previous, period)}</span>
  )
  return (
    <div className="two even">
      <Section title={t.results.title} flush>
        <DataTable<Result>
          name={t.results.title}
          rows={data.results}
          rowKey={(r) => r.result + (r.code ?? '')}
          to={(r) => ({ to: '/taps', search: { result: r.result, code: r.code, from: data.from, to: data.to } })}
          empty={<Empty title={t.live.none} />}
          columns={[
            {
              key: 'result',
              header: t.results.result,
              csv: (r) => r.result + (r.code ? ` ${r.code}` : ''),
              cell: (r) => (
                <Link to="/taps" search={{ result: r.result, code: r.code, from: data.from, to: data.to }} className="row">
                  <ResultChip result={r.result} />
                  {r.code && tapCode(r.code)}
                </Link>
              ),
            },
            { key: 'taps', header: t.results.taps, number: true, cell: (r) => number(r.taps), csv: (r) => r.taps },
            { key: 'change', header: t.results.change, hide: 'phone', cell: change },
          ]}
        />
      </Section>
      <Section title={t.products.title} flush>
        <DataTable<Product>
          name={t.products.title}
          rows={data.products}
          rowKey={(r) => r.gtin}
          to={(r) => ({ to: '/products/$gtin', params: { gtin: r.gtin } })}
          empty={<Empty title={t.live.none} />}
          columns={[
            {
              key: 'name',
              header: t.products.product,
              csv: (r) => r.name,
              cell: (r) => (
                <Link to="/products/$gtin" params={{ gtin: r.gtin }}>
                  {r.name || r.gtin}
                </Link>
              ),
            },
            { key: 'taps', header: t.products.taps, number: true, cell: (r) => number(r.taps), csv: (r) => r.taps },
            { key: 'change', header: t.products.change, hide: 'phone', cell: change },
          ]}
        />
      </Section>
    </div>
  )
}
