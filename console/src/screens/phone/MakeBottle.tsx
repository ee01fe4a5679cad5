import { Button, NativeSelect } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, client, load, type Schema } from '../../api'
import { country, localized } from '../../format'
import { phone as t } from '../../text/phone'
import { products as tp } from '../../text/products'
import { ui } from '../../text/ui'
import { Command } from '../../ui/Command'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Section } from '../../ui/Page'

type Bottle = Schema['VirtualBottle']

export function MakeBottle({ onMade, onCancel }: { onMade: (b: Bottle) => void; onCancel?: () => void }) {
  const products = useQuery(load('/products', { query: { limit: 200 } }))
  const queries = useQueryClient()
  const [gtin, setGtin] = useState('')
  const [market, setMarket] = useState('')
  const items = products.data?.items ?? []
  const chosen = items.find((p) => p.gtin === gtin) ?? items[0]
  const make = useMutation({
    mutationFn: () => answer(client.POST('/virtual', { body: { gtin: chosen?.gtin ?? '', market: market || undefined } })),
    onSuccess: async (bottle) => {
      await queries.invalidateQueries({ queryKey: ['/virtual'] })
      onMade(bottle)
    },
  })
  if (products.error) return <ErrorBox error={products.error} retry={() => void products.refetch()} />
  if (products.data && items.length === 0) {
    return (
      <div className="card">
        <Empty title={tp.none} action={<Command>{tp.demoCommand}</Command>}>
          {tp.noneHint}
        </Empty>
      </div>
    )
  }
  return (
    <Section title={t.make}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          make.mutate()
        }}
      >
        <p className="dim">{t.makeHint}</p>
        {make.error && <ErrorBox error={make.error} />}
        <NativeSelect
          label={t.product}
          value={chosen?.gtin ?? ''}
          onChange={(e) => setGtin(e.currentTarget.value)}
          data={items.map((p) => ({ value: p.gtin, label: localized(p.name) }))}
        />
        <NativeSelect
          label={t.market}
          value={market}
          onChange={(e) => setMarket(e.currentTarget.value)}
          data={[{ value: '', label: t.anyMarket }, ...(chosen?.markets ?? []).map((m) => ({ value: m, label: country(m) }))]}
        />
        <div className="row">
          <Button type="submit" loading={make.isPending} disabled={!chosen}>
            {t.makeSubmit}
          </Button>
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              {ui.cancel}
            </Button>
          )}
        </div>
      </form>
    </Section>
  )
}
