import { NativeSelect, Switch } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api'
import { localized } from '../../format'
import type { CodesSearch } from '../../search'
import { useCan } from '../../session'
import { print as t } from '../../text/print'
import { CopyCall } from '../../ui/Copy'
import { Section } from '../../ui/Page'
import { expiryElement, lookQuery, sheetQuery, whichQuery } from './code'
import type { Change } from './Codes'
import { Save } from './Preview'
import { Typed } from './Typed'
import { Expiry } from './What'
import css from './Codes.module.css'

type SheetProps = { search: CodesSearch; products: Schema['Product'][]; change: Change }

/** The list and the labels of things that are there. */
export function Sheet({ search, products, change }: SheetProps) {
  const can = useCan()
  const which = whichQuery(search)
  const carried = { ...which, ...lookQuery(search), also: expiryElement(search.expiry) || undefined }
  const sheet = { ...carried, ...sheetQuery(search) }
  const { page, margin, gap } = sheetQuery(search)
  const name = products.find((p) => p.gtin === search.gtin)?.name
  return (
    <Section title={t.sheet} aside={which && <CopyCall path="/labels.pdf" query={sheet} />}>
      <div className="stack">
        <p className="dim" data-which={search.batch ? 'batch' : which ? 'lot' : 'none'}>
          {search.batch ? t.ofBatch : which ? t.ofLot(search.lot ?? '') : t.ofNone} {which && !search.batch && localized(name)}
        </p>
        <div className={css.fields}>
          {!can('thing.write') && (
            <>
              <NativeSelect
                label={t.product}
                value={search.gtin ?? ''}
                onChange={(e) => change({ gtin: e.currentTarget.value, batch: undefined })}
                data={products.map((p) => ({ value: p.gtin, label: localized(p.name) }))}
              />
              <Typed label={t.lot} maxLength={20} value={search.lot} onChange={(lot) => change({ lot, batch: undefined })} />
            </>
          )}
          <Expiry value={search.expiry} onChange={(expiry) => change({ expiry })} />
          <NativeSelect
            label={t.page}
            value={page}
            onChange={(e) => change({ page: e.currentTarget.value === 'a4' ? undefined : (e.currentTarget.value as CodesSearch['page']), margin: undefined, gap: undefined })}
            data={(['a4', 'letter', 'roll'] as const).map((p) => ({ value: p, label: t.pages[p] }))}
          />
          <Typed label={t.margin} inputMode="decimal" placeholder={String(margin)} value={search.margin} onChange={(v) => change({ margin: v?.replace(',', '.') })} />
          {page !== 'roll' && (
            <Typed label={t.gap} inputMode="decimal" placeholder={String(gap)} value={search.gap} onChange={(v) => change({ gap: v?.replace(',', '.') })} />
          )}
          <Typed label={t.cellWidth} inputMode="decimal" value={search.cellWidth} onChange={(v) => change({ cellWidth: v?.replace(',', '.') })} />
          <Typed label={t.cellHeight} inputMode="decimal" value={search.cellHeight} onChange={(v) => change({ cellHeight: v?.replace(',', '.') })} />
          <p className={`meta ${css.wide}`}>{t.cellHint}</p>
          {page !== 'roll' && (
            <Switch className={css.wide} label={t.crop} checked={search.crop ?? false} onChange={(e) => change({ crop: e.currentTarget.checked || undefined })} />
          )}
        </div>
        {which && (
          <div className="row">
            <Save path="/labels.csv" query={carried} kind="CSV" />
            <Save path="/labels.pdf" query={sheet} kind="PDF" primary />
          </div>
        )}
        {which && (
          <div className="row">
            <Link to="/things" search={{ gtin: search.gtin, lot: search.lot }}>
              {t.seeThings}
            </Link>
            {search.batch && search.lot && (
              <Link to="/codes" search={{ ...search, batch: undefined }}>
                {t.toLot}
              </Link>
            )}
          </div>
        )}
      </div>
    </Section>
  )
}
