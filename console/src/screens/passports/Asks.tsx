import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, client, load, type Schema } from '../../api'
import { passports as t } from '../../text/passports'
import { ui } from '../../text/ui'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { say } from '../../ui/Undo'
import type { Params } from './draft'

type Asking = { params: Params; rev: number; onClose: () => void }

/** Both ways end the same: everything about passports is asked for again. */
function useDone(message: string, onClose: () => void) {
  const queries = useQueryClient()
  return () => {
    say(message)
    onClose()
    return queries.invalidateQueries({ predicate: (q) => String(q.queryKey[0]).startsWith('/passports') })
  }
}

export function Publish({ params, rev, onClose }: Asking) {
  const pending = useQuery(load('/passports/{gtin}/pending', params))
  const done = useDone(t.published, onClose)
  const publish = useMutation({
    mutationFn: () =>
      answer(client.POST('/passports/{gtin}/publish', { params: { ...params, header: { 'If-Match': `"${rev}"` } } })),
    onSuccess: done,
  })
  const changes = pending.data?.changes
  return (
    <Modal opened onClose={onClose} title={t.publishTitle} size="lg" closeButtonProps={{ 'aria-label': ui.close }}>
      <div className="stack">
        {publish.error && <ErrorBox error={publish.error} />}
        {changes && <p>{changes.length > 0 ? t.publishHint(changes.length) : t.nothing}</p>}
        <DataTable<Schema['FieldChange']>
          name={t.pending}
          rows={changes}
          error={pending.error}
          rowKey={(c) => c.path}
          empty={<Empty title={t.nothing}>{t.nothingHint}</Empty>}
          columns={[
            { key: 'field', header: t.field, cell: (c) => <span className="mono">{c.path}</span>, csv: (c) => c.path },
            { key: 'before', header: t.before, cell: (c) => c.before, csv: (c) => c.before },
            { key: 'after', header: t.after, cell: (c) => c.after, csv: (c) => c.after },
          ]}
        />
        <div className="row">
          <Button loading={publish.isPending} onClick={() => publish.mutate()}>
            {t.publish}
          </Button>
          <Button variant="default" onClick={onClose}>
            {ui.cancel}
          </Button>
        </div>
      </div>
    </Modal>
  )
}

export function Withdraw({ params, rev, onClose }: Asking) {
  const done = useDone(t.withdrawn, onClose)
  const [reason, setReason] = useState('')
  const withdraw = useMutation({
    mutationFn: () =>
      answer(client.POST('/passports/{gtin}/withdraw', { params: { ...params, header: { 'If-Match': `"${rev}"` } }, body: { reason } })),
    onSuccess: done,
  })
  return (
    <Modal opened onClose={onClose} title={t.withdrawTitle} closeButtonProps={{ 'aria-label': ui.close }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          withdraw.mutate()
        }}
      >
        <p className="dim">{t.withdrawHint}</p>
        {withdraw.error && <ErrorBox error={withdraw.error} />}
        <TextInput label={t.reason} value={reason} onChange={(e) => setReason(e.currentTarget.value)} required withAsterisk={false} maxLength={500} data-autofocus />
        <div className="row">
          <Button type="submit" loading={withdraw.isPending}>
            {t.withdraw}
          </Button>
          <Button variant="default" onClick={onClose}>
            {ui.cancel}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

export function Remove({ params, rev, onClose }: Asking) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const remove = useMutation({
    mutationFn: () => answer(client.DELETE('/passports/{gtin}', { params: { ...params, header: { 'If-Match': `"${rev}"` } } })),
    onSuccess: async () => {
      say(t.removed)
      await navigate({ to: '/passports' })
      return queries.invalidateQueries({ queryKey: ['/passports'] })
    },
  })
  return (
    <Modal opened onClose={onClose} title={t.removeTitle} closeButtonProps={{ 'aria-label': ui.close }}>
      <div className="stack">
        <p className="dim">{t.removeHint}</p>
        {remove.error && <ErrorBox error={remove.error} />}
        <div className="row">
          <Button loading={remove.isPending} onClick={() => remove.mutate()}>
            {t.remove}
          </Button>
          <Button variant="default" onClick={onClose} data-autofocus>
            {ui.cancel}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
