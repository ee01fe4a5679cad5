import { IconBottle } from '@tabler/icons-react'
import { useState } from 'react'
import css from './Thumb.module.css'

/** A product's small picture, or a bottle's outline. The policy only loads our own. */
export function Thumb({ src, large }: { src?: string; large?: boolean }) {
  const [broken, setBroken] = useState(false)
  const ours = src?.startsWith('/') && !src.startsWith('//')
  return (
    <span className={css.thumb} data-large={large || undefined} aria-hidden>
      {ours && !broken ? <img src={src} alt="" loading="lazy" onError={() => setBroken(true)} /> : <IconBottle size={large ? 40 : 18} stroke={1.3} />}
    </span>
  )
}
