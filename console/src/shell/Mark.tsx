import { shell } from '../text/shell'
import css from './Shell.module.css'

export function Mark() {
  return (
    <span className={css.mark}>
      <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
        <path
          d="M12.5 3.5h7v7.2c0 1.8 4.5 3.6 4.5 8.3V26a2.5 2.5 0 0 1-2.5 2.5h-11A2.5 2.5 0 0 1 8 26v-7c0-4.7 4.5-6.5 4.5-8.3z"
          fill="none"
          stroke="var(--accent)"
          strokeWidth="2"
          strokeLinejoin="round"
        />
        <path d="M13.3 22.5a3.9 3.9 0 0 1 5.4 0M11.5 19.6a6.6 6.6 0 0 1 9 0" fill="none" stroke="var(--accent)" strokeWidth="1.8" strokeLinecap="round" />
      </svg>
      {shell.product}
    </span>
  )
}
