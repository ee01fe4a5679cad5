import { Button, Modal, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { fieldErrors } from '../../api'
import { links as t } from '../../text/links'
import { ui } from '../../text/ui'
import { ErrorBox } from '../../ui/ErrorBox'
import type { EntryLink } from './anchor'
import { LinkFields } from './LinkForm'
import { useSave } from './save'

/** A new entry with its first link, which is its default. */
export function NewEntry({ close, anchor: given = '/01/' }: { close: () => void; anchor?: string }) {
  const navigate = useNavigate()
  const [anchor, setAnchor] = useState(given)
  const [about, setAbout] = useState('')
  const [link, setLink] = useState<EntryLink>({ linktype: 'gs1:pip', href: '', title: '', default: true })
  const save = useSave((saved) => void navigate({ to: '/links/entry', search: { anchor: saved.anchor } }))
  const placed = fieldErrors(save.error)
  return (
    <Modal opened onClose={close} size="lg" title={t.newEntry} closeButtonProps={{ 'aria-label': ui.close }}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          save.mutate({ anchor: anchor.trim(), itemDescription: about.trim(), links: [link] })
        }}
      >
        {save.error && <ErrorBox error={save.error} />}
        <TextInput
          label={t.anchor}
          description={t.form.anchorHint}
          required
          withAsterisk={false}
          autoComplete="off"
          classNames={{ input: 'mono' }}
          value={anchor}
          onChange={(e) => setAnchor(e.currentTarget.value)}
          error={placed.anchor}
          data-autofocus
        />
        <TextInput
          label={t.about}
          description={t.form.descriptionHint}
          required
          withAsterisk={false}
          value={about}
          onChange={(e) => setAbout(e.currentTarget.value)}
          error={placed.itemDescription}
        />
        <h3>{t.form.firstLink}</h3>
        <LinkFields anchor={anchor} link={link} change={(next) => setLink({ ...link, ...next })} wrong={(f) => placed[`links[0].${f}`]} setBad={() => undefined} plain />
        <div>
          <Button type="submit" loading={save.isPending}>
            {t.form.create}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
