import { NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { Schema } from '../../api'
import { localized } from '../../format'
import type { CodesSearch } from '../../search'
import { print as t } from '../../text/print'
import { Section } from '../../ui/Page'
import type { Change } from './Codes'
import { Typed } from './Typed'
import css from './Codes.module.css'

type WhatProps = { search: CodesSearch; products: Schema['Product'][]; change: Change }

const other = 'other'

/** What one code names: an item, a lot or a product, or any other key. */
export function What({ search, products, change }: WhatProps) {
  const unknown = search.gtin && !products.some((p) => p.gtin === search.gtin) ? [{ value: search.gtin, label: search.gtin }] : []
  return (
    <Section title={t.what}>
      <div className={css.fields}>
        <NativeSelect
          className={css.wide}
          label={t.product}
          value={search.of ?? search.gtin ?? ''}
          onChange={(e) => {
            const v = e.currentTarget.value
            change(v === other ? { of: other } : { of: undefined, gtin: v })
          }}
          data={[...unknown, ...products.map((p) => ({ value: p.gtin, label: localized(p.name) })), { value: other, label: t.other }]}
        />
        {search.of ? (
          <Data value={search.data ?? ''} onChange={(data) => change({ data })} />
        ) : (
          <>
            <Typed label={t.lot} maxLength={20} value={search.lot} onChange={(lot) => change({ lot })} />
            <Typed label={t.serial} description={t.serialHint} inputWrapperOrder={['label', 'input', 'description', 'error']} maxLength={20} value={search.serial} onChange={(serial) => change({ serial })} />
            <Expiry value={search.expiry} onChange={(expiry) => change({ expiry })} />
          </>
        )}
      </div>
    </Section>
  )
}

export function Expiry({ value, onChange }: { value?: string; onChange: (v?: string) => void }) {
  return <TextInput type="date" label={t.expiry} value={value ?? ''} onChange={(e) => onChange(e.currentTarget.value || undefined)} />
}

/** Waits for a pause in typing before the address changes. */
function Data({ value, onChange }: { value: string; onChange: (v?: string) => void }) {
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  useEffect(() => {
    if (typed.trim() === value) return
    const timer = setTimeout(() => onChange(typed.trim() || undefined), 300)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <Textarea
      className={css.wide}
      label={t.data}
      description={t.dataHint}
      value={typed}
      onChange={(e) => setTyped(e.currentTarget.value)}
      rows={3}
      maxLength={2000}
      spellCheck={false}
      autoComplete="off"
      styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12.5, overflowWrap: 'anywhere' } }}
    />
  )
}
