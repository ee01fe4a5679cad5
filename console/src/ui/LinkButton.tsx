import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import css from './LinkButton.module.css'

type LinkButtonProps = { to: string; search?: object; params?: object; primary?: boolean; small?: boolean; children: ReactNode }

/** A link that looks like the button it stands beside. */
export function LinkButton({ to, search, params, primary, small, children }: LinkButtonProps) {
  return (
    <Link to={to} search={search as never} params={params as never} className={css.button} data-primary={primary || undefined} data-small={small || undefined}>
      {children}
    </Link>
  )
}
