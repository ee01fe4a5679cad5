import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Problem } from '../api'
import { ui } from '../text/ui'

/** Says what was done at once, and takes it back for eight seconds. */
export function offerUndo(message: string, undo: () => Promise<unknown>): string {
  const id: string = notifications.show({
    autoClose: 8000,
    withBorder: true,
    message: (
      <span className="row between">
        <span>{message}</span>
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            notifications.hide(id)
            undo().then(() => say(ui.undone), sayProblem)
          }}
        >
          {ui.undo}
        </Button>
      </span>
    ),
  })
  return id
}

export function say(message: string): void {
  notifications.show({ message, withBorder: true, autoClose: 4000 })
}

export function sayProblem(error: unknown): void {
  const title = error instanceof Problem ? error.detail || error.title : ui.error.unexpected
  const message = error instanceof Problem ? error.hint : ui.error.unexpectedHint
  notifications.show({ title, message, withBorder: true, autoClose: 12_000, color: 'red' })
}
