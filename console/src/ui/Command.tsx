import { Copy } from './Copy'
import css from './Command.module.css'

/** What to type into a terminal, whole, and a way to copy it. */
export function Command({ children }: { children: string }) {
  return (
    <div className={`stack-s ${css.command}`}>
      <pre className="mono">{children}</pre>
      <div>
        <Copy value={children} />
      </div>
    </div>
  )
}
