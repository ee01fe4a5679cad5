// Which key does what, apart from the screen so that the rules can be tested.
export type Shortcut = { keys: string; run: () => void }

/** Whether a key press is meant for the page, not for what is being typed in. */
export function forPage(e: KeyboardEvent): boolean {
  if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || e.isComposing) return false
  const target = e.target as HTMLElement | null
  if (target?.closest?.('input, textarea, select, [contenteditable="true"], [role="dialog"]')) return false
  return true
}

/** Follows presses and finds shortcuts of one key or of "g" and a key. */
export class Sequence {
  private pending = ''
  private since = 0

  constructor(private table: () => Shortcut[]) {}

  /** Runs what the press completes; true when it did. */
  press(key: string, now: number): boolean {
    if (now - this.since > 1200) this.pending = ''
    const typed = this.pending ? `${this.pending} ${key}` : key
    this.pending = ''
    const hit = this.table().find((s) => s.keys === typed)
    if (hit) {
      hit.run()
      return true
    }
    if (key === 'g') {
      this.pending = 'g'
      this.since = now
    }
    return false
  }
}

const stored = 'tagline.single-keys'

/** Single-key shortcuts can be turned off (WCAG 2.1.4). */
export function singleKeys(): boolean {
  try {
    return localStorage.getItem(stored) !== 'off'
  } catch {
    return true
  }
}

export function setSingleKeys(on: boolean): void {
  try {
    localStorage.setItem(stored, on ? 'on' : 'off')
  } catch {
    // a browser that keeps nothing forgets the choice
  }
}
