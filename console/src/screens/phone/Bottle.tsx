import css from './Phone.module.css'

/** The bottle as a drawing: its cap torn or whole, full or empty. The words stand beside it. */
export function Bottle({ torn, drained }: { torn: boolean; drained: boolean }) {
  return (
    <svg viewBox="0 0 72 160" className={css.bottle} aria-hidden="true">
      <path d="M29 30v20c0 10-17 16-17 38v58a8 8 0 0 0 8 8h32a8 8 0 0 0 8-8V88c0-22-17-28-17-38V30z" className={css.glass} />
      {!drained && <path d="M14 96v48a8 8 0 0 0 8 8h28a8 8 0 0 0 8-8V96c-10 4-16-3-26-1-8 2-12 3-18 1z" className={css.drink} />}
      <rect x="20" y="104" width="32" height="28" rx="2" className={css.label} />
      <path d="M30 121a9 9 0 0 1 12 0M27 117a13.5 13.5 0 0 1 18 0" className={css.waves} />
      {torn ? (
        <g transform="translate(14 -2) rotate(24 36 18)">
          <rect x="27" y="6" width="18" height="22" rx="3" className={css.cap} />
        </g>
      ) : (
        <rect x="27" y="8" width="18" height="24" rx="3" className={css.cap} />
      )}
      {torn ? (
        <path d="M27 36c2 3 3 1 5 4M45 36c-2 3-3 1-4 5" className={css.loop} />
      ) : (
        <path d="M36 10v22M27 36c6 2.5 12 2.5 18 0" className={css.loop} />
      )}
    </svg>
  )
}
