import { ActionIcon } from '@mantine/core'
import { IconLock, IconRefresh } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { phone as t } from '../../text/phone'
import type { SeenPage, Visit } from './visit'
import css from './Phone.module.css'

type PhoneFrameProps = { visit?: Visit; onLoad: (visit: number, page: SeenPage) => void }

/** A phone 360 pixels wide with the consumer's own page in it, from the same origin. */
export function PhoneFrame({ visit, onLoad }: PhoneFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null)
  const [address, setAddress] = useState('')
  const shown = visit && !visit.blank
  const phone = useRef<HTMLElement>(null)
  useEffect(() => {
    // Where everything stands in one column the phone is below: who taps wants to see it.
    const top = phone.current?.getBoundingClientRect().top ?? 0
    if (visit?.n && top > window.innerHeight / 2) phone.current?.scrollIntoView({ block: 'start' })
  }, [visit?.n])
  const loaded = (n: number) => {
    const inside = frame.current?.contentWindow
    try {
      setAddress(inside?.location.pathname ?? '')
      // The answer about the age is in a cookie that no script reads; the page asks as long as there is none.
      const page = inside?.document
      onLoad(n, { ageKnown: !page?.querySelector('form[action*="/age"]'), locale: page?.documentElement.lang ?? '' })
    } catch {
      setAddress('') // the page led to another site
      onLoad(n, { ageKnown: false, locale: '' })
    }
  }
  return (
    <section ref={phone} className={css.phone} aria-label={t.frame}>
      <div className={css.bar}>
        <IconLock size={13} aria-hidden />
        <span className="mono" title={t.address} data-address>
          {shown ? address : ''}
        </span>
        <ActionIcon
          variant="subtle"
          size={32}
          aria-label={t.reload}
          disabled={!shown}
          onClick={() => frame.current?.contentWindow?.location.reload()}
        >
          <IconRefresh size={16} aria-hidden />
        </ActionIcon>
      </div>
      {shown ? (
        <iframe key={visit.n} ref={frame} src={visit.url} title={t.frame} className={css.screen} onLoad={() => loaded(visit.n)} />
      ) : (
        <div className={css.idle}>
          <svg viewBox="0 0 64 64" width="64" height="64" aria-hidden="true">
            <path d="M20 44a17 17 0 0 1 0-24M12 50a26 26 0 0 1 0-36M44 20a17 17 0 0 1 0 24M52 14a26 26 0 0 1 0 36" />
            <circle cx="32" cy="32" r="4" />
          </svg>
          <p>{t.idle}</p>
          <p className="meta">{t.idleHint}</p>
        </div>
      )}
    </section>
  )
}
