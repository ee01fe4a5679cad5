import { Modal } from '@mantine/core'
import type { Schema } from '../../api'
import { team as t } from '../../text/team'
import { ui } from '../../text/ui'
import { Copy } from '../../ui/Copy'
import { Time } from '../../ui/Time'
import css from './Team.module.css'

/** A one-time link, shown this once. */
export function LinkOnce({ link, onClose }: { link: Schema['Link']; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={t.members.linkTitle} closeButtonProps={{ 'aria-label': ui.close }}>
      <div className="stack">
        <p className="dim">{t.members.linkHint}</p>
        <p className={`mono ${css.secret}`} data-secret>
          {link.url}
        </p>
        <p className="row between">
          <Copy value={link.url} variant="default" />
          <span className="meta">
            {t.members.linkUntil} <Time at={link.expiresAt} />
          </span>
        </p>
      </div>
    </Modal>
  )
}
