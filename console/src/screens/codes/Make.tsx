import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useRef } from 'react'
import { answer, client, fieldErrors, Problem, type Schema } from '../../api'
import { country, localized } from '../../format'
import type { CodesSearch } from '../../search'
import { print as t } from '../../text/print'
import { ErrorBox } from '../../ui/ErrorBox'
import { Section } from '../../ui/Page'
import type { Change } from './Codes'
import css from './Codes.module.css'

type MakeProps = { search: CodesSearch; products: Schema['Product'][]; change: Change }
type Values = { gtin: string; count: string; lot: string; market: string; serials: 'random' | 'numbered'; length: string; prefix: string; first: string }

const whole = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text) : 0)
const below = { inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[] }

/** Makes the things whose labels are then drawn. */
export function Make({ search, products, change }: MakeProps) {
  const queries = useQueryClient()
  const form = useForm<Values>({
    initialValues: { gtin: search.gtin ?? '', count: '100', lot: search.lot ?? '', market: '', serials: 'random', length: '12', prefix: '', first: '1' },
  })
  // The same form sent twice, as after a broken line, makes one batch.
  const attempt = useRef({ of: '', key: '' })
  const make = useMutation({
    mutationFn: (v: Values) => {
      const body = wish(v)
      const of = JSON.stringify(body)
      if (attempt.current.of !== of) attempt.current = { of, key: `${Date.now()}-${Math.random()}` }
      return answer(client.POST('/labels', { body, params: { header: { 'Idempotency-Key': attempt.current.key } } }))
    },
    onSuccess: (b) => {
      attempt.current = { of: '', key: '' }
      void queries.invalidateQueries({ predicate: (q) => /^\/(things|products|overview)/.test(String(q.queryKey[0])) })
      change({ gtin: b.gtin, lot: b.lot, batch: b.batches.join(',') })
    },
    onError: (e) => form.setErrors(fieldErrors(e)),
  })
  const v = form.values
  const count = whole(v.count)
  const markets = products.find((p) => p.gtin === v.gtin)?.markets ?? []
  const placed = make.error instanceof Problem && make.error.errors.length > 0 && Object.keys(fieldErrors(make.error)).every((f) => f in v)
  return (
    <Section title={t.make}>
      <form className="stack" onSubmit={form.onSubmit((values) => make.mutate(values))} aria-label={t.make}>
        <p className="dim">{t.makeLead}</p>
        {make.error && !placed && <ErrorBox error={make.error} />}
        <div className={css.fields}>
          <NativeSelect
            className={css.wide}
            label={t.product}
            {...form.getInputProps('gtin')}
            onChange={(e) => {
              form.setValues({ gtin: e.currentTarget.value, market: '' })
              change({ gtin: e.currentTarget.value, batch: undefined })
            }}
            data={products.map((p) => ({ value: p.gtin, label: localized(p.name) }))}
          />
          <TextInput label={t.count} description={t.countHint} {...below} inputMode="numeric" required withAsterisk={false} autoComplete="off" {...form.getInputProps('count')} />
          <TextInput
            label={t.lot}
            autoComplete="off"
            maxLength={20}
            {...form.getInputProps('lot')}
            onBlur={() => v.lot !== (search.lot ?? '') && change({ lot: v.lot || undefined, batch: undefined })}
          />
          <NativeSelect
            label={t.market}
            {...form.getInputProps('market')}
            data={[{ value: '', label: t.noMarket }, ...markets.map((m) => ({ value: m, label: country(m) }))]}
          />
          <NativeSelect
            label={t.serials}
            {...form.getInputProps('serials')}
            data={(['random', 'numbered'] as const).map((k) => ({ value: k, label: t.serialsKind[k] }))}
          />
          {v.serials === 'random' ? (
            <TextInput label={t.length} description={t.lengthHint} {...below} inputMode="numeric" autoComplete="off" {...form.getInputProps('length')} />
          ) : (
            <>
              <TextInput label={t.prefix} autoComplete="off" maxLength={19} {...form.getInputProps('prefix')} />
              <TextInput label={t.first} inputMode="numeric" autoComplete="off" {...form.getInputProps('first')} />
            </>
          )}
        </div>
        {v.serials === 'numbered' && (
          <ul className={css.said}>
            <li data-warning>
              <IconAlertTriangle size={16} aria-hidden />
              <span>{t.guessable}</span>
            </li>
          </ul>
        )}
        <div>
          <Button type="submit" loading={make.isPending}>
            {count > 0 ? t.submit(count) : t.submitNone}
          </Button>
        </div>
        {make.data && search.batch === make.data.batches.join(',') && (
          <div role="status" data-made={make.data.count}>
            <p>
              <strong>{t.made(make.data.count)}</strong>
            </p>
            <p className="dim" style={{ overflowWrap: 'anywhere' }}>
              {t.madeRange(make.data.first, make.data.last)}
            </p>
          </div>
        )}
      </form>
    </Section>
  )
}

/** The request of a form; what is no number is left to the server to refuse. */
function wish(v: Values): Schema['LabelsRequest'] {
  const common = { gtin: v.gtin, count: whole(v.count), lot: v.lot.trim() || undefined, market: v.market || undefined, serials: v.serials }
  if (v.serials === 'numbered') return { ...common, prefix: v.prefix.trim() || undefined, first: whole(v.first) }
  return { ...common, length: whole(v.length) }
}
