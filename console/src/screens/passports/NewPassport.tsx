import { Button, NativeSelect, Radio, TextInput } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, client, fieldErrors, list, Problem, type Schema } from '../../api'
import { gtin, localized } from '../../format'
import { Allowed } from '../../shell/states'
import { maker as t } from '../../text/passport-editor'
import { passports as words } from '../../text/passports'
import { ErrorBox } from '../../ui/ErrorBox'
import { Page } from '../../ui/Page'
import { rowsOf } from '../../ui/rows'
import { say } from '../../ui/Undo'

const route = getRouteApi('/inside/passports/new')
const levels = ['model', 'batch', 'item'] as const
type Level = (typeof levels)[number]

/** Where a passport begins: at a product, a lot or an item, for good. */
export function NewPassport() {
  return (
    <Page title={t.title} lead={t.lead} back={{ to: '/passports', label: words.title }}>
      <Allowed action="passport.write">
        <Form />
      </Allowed>
    </Page>
  )
}

function Form() {
  const given = route.useSearch()
  const navigate = route.useNavigate()
  const queries = useQueryClient()
  const { rows: products } = rowsOf(useInfiniteQuery(list('/products', { limit: 200 })))
  const [key, setKey] = useState(given.gtin ?? '')
  const [other, setOther] = useState(false)
  const [level, setLevel] = useState<Level>(given.serial ? 'item' : given.lot ? 'batch' : 'model')
  const [lot, setLot] = useState(given.lot ?? '')
  const [serial, setSerial] = useState(given.serial ?? '')
  const known = products?.find((p) => p.gtin === key)
  const free = other || (products !== undefined && !known && key !== '') || products?.length === 0
  const chosen = free ? key.trim() : key || (products?.[0]?.gtin ?? '')
  const query = { lot: level === 'batch' ? lot.trim() : undefined, serial: level === 'item' ? serial.trim() : undefined }
  const make = useMutation({
    mutationFn: () => {
      const product = products?.find((p) => p.gtin === chosen)
      const body: Schema['PassportDocument'] = {
        gtin: chosen,
        ...query,
        ofLot: level === 'item' ? lot.trim() || undefined : undefined,
        // What is said of the product stands above its lots and items already.
        name: level === 'model' && product ? product.name : undefined,
      }
      return answer(client.PUT('/passports/{gtin}', { params: { path: { gtin: chosen }, query, header: { 'If-None-Match': '*' } }, body }))
    },
    onSuccess: (p) => {
      void queries.invalidateQueries({ predicate: (q) => String(q.queryKey[0]).startsWith('/passports') })
      say(t.made)
      return navigate({ to: '/passports/$gtin/edit', params: { gtin: p.gtin }, search: { lot: p.lot, serial: p.serial } })
    },
  })
  const wrong = Object.fromEntries(Object.entries(fieldErrors(make.error)).map(([k, v]) => [k.replace(/^(path|query)\./, ''), v]))
  const there = make.error instanceof Problem && make.error.status === 409
  return (
    <form
      className="card pad stack"
      style={{ maxWidth: 640 }}
      onSubmit={(e) => {
        e.preventDefault()
        make.mutate()
      }}
    >
      {make.error && Object.keys(wrong).length === 0 && (
        <ErrorBox
          error={make.error}
          action={there && <Link to="/passports/$gtin" params={{ gtin: chosen }} search={query}>{t.exists}</Link>}
        />
      )}
      {!free || (products?.length ?? 0) > 0 ? (
        <NativeSelect
          label={t.product}
          description={t.productHint}
          value={free ? 'other' : chosen}
          onChange={(e) => {
            const v = e.currentTarget.value
            setOther(v === 'other')
            setKey(v === 'other' ? '' : v)
          }}
          data={[
            // Until the products are here, the one that was asked for stands alone.
            ...(products ?? (key ? [{ gtin: key, name: undefined }] : [])).map((p) => ({ value: p.gtin, label: [localized(p.name), gtin(p.gtin)].filter(Boolean).join(' · ') })),
            { value: 'other', label: t.other },
          ]}
        />
      ) : null}
      {free && (
        <TextInput
          label={t.gtin}
          description={t.gtinHint}
          inputMode="numeric"
          pattern="[0-9]{8}|[0-9]{12,14}"
          required
          withAsterisk={false}
          autoComplete="off"
          value={key}
          error={wrong.gtin}
          onChange={(e) => {
            setOther(true)
            setKey(e.currentTarget.value)
          }}
        />
      )}
      <Radio.Group label={t.level} value={level} onChange={(v) => setLevel(v as Level)}>
        <div className="stack-s" style={{ marginTop: 8 }}>
          {levels.map((l) => (
            <Radio key={l} value={l} label={t.levels[l]} />
          ))}
        </div>
      </Radio.Group>
      {level === 'item' && (
        <TextInput label={t.serial} required withAsterisk={false} maxLength={20} autoComplete="off" value={serial} error={wrong.serial} onChange={(e) => setSerial(e.currentTarget.value)} />
      )}
      {level !== 'model' && (
        <TextInput
          label={level === 'item' ? t.ofLot : t.lot}
          description={level === 'item' ? t.ofLotHint : undefined}
          required={level === 'batch'}
          withAsterisk={false}
          maxLength={20}
          autoComplete="off"
          value={lot}
          error={wrong.lot ?? wrong.ofLot}
          onChange={(e) => setLot(e.currentTarget.value)}
        />
      )}
      <div>
        <Button type="submit" loading={make.isPending} disabled={!products}>
          {t.submit}
        </Button>
      </div>
    </form>
  )
}
