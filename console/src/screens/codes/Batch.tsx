import type { Schema } from '../../api'
import type { CodesSearch } from '../../search'
import { useCan } from '../../session'
import { print as t } from '../../text/print'
import { Section } from '../../ui/Page'
import { elementString, lookQuery } from './code'
import type { Change } from './Codes'
import { Look } from './Look'
import { Make } from './Make'
import { Preview } from './Preview'
import { Sheet } from './Sheet'

type BatchProps = { search: CodesSearch; products: Schema['Product'][]; change: Change }

/** A serial as long as those that are drawn, for an example of the right size. */
const exampleSerial = '7K2M9PXQ4TWB'

/** Labels by the thousand: make the things, then list and draw them. */
export function Batch({ search, products, change }: BatchProps) {
  const can = useCan()
  const example = elementString({ ...search, serial: exampleSerial })
  return (
    <div className="two even">
      <div className="stack">
        {can('thing.write') ? (
          <Make search={search} products={products} change={change} />
        ) : (
          <Section title={t.make}>
            <p className="dim">{t.mayNot}</p>
          </Section>
        )}
        <Look search={search} change={change} />
      </div>
      <div className="stack">
        <Sheet search={search} products={products} change={change} />
        <Preview query={{ ...lookQuery(search), data: example }} example />
      </div>
    </div>
  )
}
