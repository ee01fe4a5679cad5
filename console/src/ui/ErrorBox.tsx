import { Button } from '@mantine/core'
import { IconAlertTriangle, IconLock, IconPlugConnectedX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Problem } from '../api'
import { ui } from '../text/ui'
import { Copy } from './Copy'
import css from './ErrorBox.module.css'

type Shown = { icon: typeof IconAlertTriangle; title: string; detail: string; hint: string; trace: string }

function shown(error: unknown): Shown {
  if (!(error instanceof Problem)) {
    const hint = ui.error.unexpectedHint
    return { icon: IconAlertTriangle, title: ui.error.unexpected, detail: '', hint, trace: '' }
  }
  if (error.status === 0) {
    const { unreachable, unreachableHint } = ui.error
    return { icon: IconPlugConnectedX, title: unreachable, detail: '', hint: unreachableHint, trace: '' }
  }
  const icon = error.status === 403 ? IconLock : IconAlertTriangle
  return { icon, title: error.detail || error.title, detail: '', hint: error.hint, trace: error.trace }
}

type ErrorBoxProps = { error: unknown; retry?: () => void; action?: ReactNode }

/** What went wrong, the way out, and the request to ask about. */
export function ErrorBox({ error, retry, action }: ErrorBoxProps) {
  const { icon: I, title, hint, trace } = shown(error)
  const fields = error instanceof Problem ? error.errors : []
  return (
    <div className={css.box} role="alert">
      <I size={20} stroke={1.8} aria-hidden />
      <div className="stack-s">
        <p className={css.title}>{title}</p>
        {hint && <p>{hint}</p>}
        {fields.length > 0 && (
          <ul className={css.fields}>
            {fields.slice(0, 20).map((f) => (
              <li key={f.location + f.message}>
                <code>{f.location}</code> {f.message}
              </li>
            ))}
          </ul>
        )}
        <div className="row">
          {retry && (
            <Button variant="default" size="xs" onClick={retry}>
              {ui.retry}
            </Button>
          )}
          {action}
          {trace && <Copy value={trace} label={ui.error.trace(trace)} />}
        </div>
      </div>
    </div>
  )
}
