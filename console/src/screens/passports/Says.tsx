import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Schema } from '../../api'
import { country, gtin, localized } from '../../format'
import { passports as t } from '../../text/passports'
import { Copy } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { Facts } from '../../ui/Facts'
import { Section } from '../../ui/Page'
import { Time } from '../../ui/Time'
import type { Attribute } from './draft'

type Of = { passport: Schema['Passport'] }

export function value(a: Attribute): string {
  if (a.number !== undefined) return `${a.number} ${a.unit ?? ''}`.trim()
  if (a.list) return a.list.map((l) => localized(l)).join(', ')
  return localized(a.text) || (a.link ?? '')
}

/** The attributes of a draft, by section. */
export function Says({ passport: p }: Of) {
  const sections = p.draft?.sections ?? []
  type Row = { section: string; attribute: Attribute }
  const rows = sections.flatMap((s) => s.attributes.map((attribute): Row => ({ section: localized(s.label), attribute })))
  return (
    <Section title={t.says} flush>
      <DataTable<Row>
        name={t.says}
        rows={rows}
        rowKey={(r) => r.attribute.name}
        empty={
          <Empty title={t.noAttributes}>{p.level === 'model' ? t.noAttributesModel : t.noAttributesHint}</Empty>
        }
        columns={[
          {
            key: 'name',
            header: t.attribute,
            csv: (r) => r.attribute.name,
            cell: (r) => (
              <span>
                {localized(r.attribute.label)}
                <span className="meta" style={{ display: 'block' }}>
                  {r.section}
                </span>
              </span>
            ),
          },
          { key: 'value', header: t.value, cell: (r) => value(r.attribute), csv: (r) => value(r.attribute) },
          { key: 'tier', header: t.tier, hide: 'phone', cell: (r) => t.tiers[r.attribute.tier ?? 'public'], csv: (r) => r.attribute.tier },
        ]}
      />
    </Section>
  )
}

/** Its addresses, and what it belongs to. */
export function Where({ passport: p }: Of) {
  return (
    <Section title={t.where}>
      <Facts
        items={[
          [t.product, <Link to="/products/$gtin" params={{ gtin: p.gtin }} search={{}} className="mono">{gtin(p.gtin)}</Link>],
          [t.lot, (p.lot ?? p.draft?.ofLot) && <Link to="/things" search={{ lot: p.lot ?? p.draft?.ofLot, gtin: p.gtin }}>{p.lot ?? p.draft?.ofLot}</Link>],
          [t.serial, p.serial && <Link to="/things" search={{ q: p.serial }} className="mono">{p.serial}</Link>],
          [t.withdrawnSince, p.withdrawnAt && <><Time at={p.withdrawnAt} />{p.reason && ` · ${p.reason}`}</>],
          [
            t.pageAddress,
            p.status === 'draft' ? (
              <span className="dim">{t.pageDraft}</span>
            ) : (
              <Address value={p.page} open={t.page} />
            ),
          ],
          [t.identifier, <Address value={p.digitalLink} hint={t.identifierHint} more={<Link to="/codes" search={{ gtin: p.gtin, lot: p.lot, serial: p.serial }}>{t.code}</Link>} />],
          [t.version, p.version || undefined],
          [t.changed, <Time at={p.updatedAt} />],
        ]}
      />
    </Section>
  )
}

type AddressProps = { value: string; open?: string; hint?: string; more?: ReactNode }

function Address({ value: address, open, hint, more }: AddressProps) {
  return (
    <span className="stack-s">
      <span className="mono">{address}</span>
      {hint && <span className="meta">{hint}</span>}
      <span className="row">
        <Copy value={address} />
        {more}
        {open && (
          <a href={address} target="_blank" rel="noreferrer">
            {open}
          </a>
        )}
      </span>
    </span>
  )
}

/** Who answers for the product, and where it is made. */
export function Answers({ passport: p }: Of) {
  const o = p.draft?.operator
  const f = p.draft?.facility
  const above = p.level !== 'model' && <span className="dim">{t.inherited}</span>
  const made = f && [f.name, f.country && country(f.country)].filter(Boolean).join(', ')
  return (
    <Section title={t.answers}>
      <Facts
        items={[
          [t.description, localized(p.draft?.description)],
          [t.operator, o ? [o.name, o.address, o.country && country(o.country)].filter(Boolean).join(', ') : above || t.noneOfIt],
          [t.contact, o && [o.email, o.phone, o.url].filter(Boolean).join(', ')],
          [t.numbers, o && [o.gln && `GLN ${o.gln}`, o.eori && `EORI ${o.eori}`].filter(Boolean).join(', ')],
          [t.facility, made || above],
        ]}
      />
    </Section>
  )
}
