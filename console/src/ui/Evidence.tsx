import { Link } from '@tanstack/react-router'
import { IconFileCertificate } from '@tabler/icons-react'
import { ui } from '../text/ui'

/** The way to the ledger entry that a statement rests on. */
export function Evidence({ event, seq, short }: { event: string; seq?: number; short?: boolean }) {
  return (
    <Link to="/events/$id" params={{ id: event } as never} className="meta" style={{ color: 'var(--accent)', whiteSpace: 'nowrap' }}>
      <IconFileCertificate size={14} stroke={1.8} aria-hidden style={{ verticalAlign: '-2px' }} />
      {short ? <span className="visually-hidden">{ui.evidence}</span> : ` ${ui.evidence}`}
      {seq ? ` ${seq}` : ''}
    </Link>
  )
}
