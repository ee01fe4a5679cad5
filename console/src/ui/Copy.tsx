import { Button } from '@mantine/core'
import { IconCheck, IconCopy, IconTerminal2 } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { asCurl } from '../api'
import { ui } from '../text/ui'

async function toClipboard(value: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(value)
  // Plain HTTP on another host has no clipboard API.
  const area = document.createElement('textarea')
  area.value = value
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}

type CopyProps = { value: string; label?: string; icon?: typeof IconCopy; variant?: 'subtle' | 'default' }

/** A button that copies, and says so for a moment. */
export function Copy({ value, label = ui.copy, icon: I = IconCopy, variant = 'subtle' }: CopyProps) {
  const [done, setDone] = useState(false)
  useEffect(() => {
    if (!done) return
    const timer = setTimeout(() => setDone(false), 2000)
    return () => clearTimeout(timer)
  }, [done])
  return (
    <Button
      variant={variant}
      size="compact-sm"
      leftSection={done ? <IconCheck size={14} aria-hidden /> : <I size={14} aria-hidden />}
      onClick={() => void toClipboard(value).then(() => setDone(true))}
      aria-live="polite"
    >
      {done ? ui.copied : label}
    </Button>
  )
}

/** The request behind a list, for a terminal. */
export function CopyCall({ path, query }: { path: string; query?: Record<string, unknown> }) {
  return <Copy value={asCurl(path, query)} label={ui.copyCall} icon={IconTerminal2} />
}
