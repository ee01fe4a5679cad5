import type { ReactNode } from 'react'
import css from './Empty.module.css'

type EmptyProps = {
  title: string
  children?: ReactNode
  /** The one next step. */
  action?: ReactNode
}

/** Nothing here: why, and the one next step. */
export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className={css.empty} data-empty>
      <svg viewBox="0 0 48 64" className={css.bottle} aria-hidden="true">
        <path d="M19 4h10v14c0 4 9 7 9 17v21a4 4 0 0 1-4 4H14a4 4 0 0 1-4-4V35c0-10 9-13 9-17z" />
        <path d="M18 10h12M10 40h28" />
      </svg>
      <p className={css.title}>{title}</p>
      {children && <div className="dim measure">{children}</div>}
      {action && <div className="row">{action}</div>}
    </div>
  )
}
