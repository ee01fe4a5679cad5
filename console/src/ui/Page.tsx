import { Link } from '@tanstack/react-router'
import { useEffect, useId, type ReactNode } from 'react'
import css from './Page.module.css'

type PageProps = {
  title: string
  lead?: ReactNode
  /** The list this page belongs to. */
  back?: { to: string; label: string }
  actions?: ReactNode
  children: ReactNode
}

/** A screen: one h1, what it is about, what can be done, and its parts. */
export function Page({ title, lead, back, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Tagline`
  }, [title])
  return (
    <div className={css.page}>
      <div className={css.head}>
        <div>
          {back && (
            <p className={css.crumb}>
              <Link to={back.to}>{`‹ ${back.label}`}</Link>
            </p>
          )}
          <h1>{title}</h1>
          {lead && <div className={css.lead}>{lead}</div>}
        </div>
        {actions && <div className="row">{actions}</div>}
      </div>
      {children}
    </div>
  )
}

type SectionProps = {
  title: string
  aside?: ReactNode
  /** The content reaches the edges, as a table does. */
  flush?: boolean
  children: ReactNode
}

/** A card with a heading, named for assistive technology. */
export function Section({ title, aside, flush, children }: SectionProps) {
  const id = useId()
  return (
    <section className={`card ${css.section} ${flush ? css.flush : ''}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside && <div className="meta row">{aside}</div>}
      </header>
      {children}
    </section>
  )
}
