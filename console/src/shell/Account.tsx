import { UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { IconChevronUp, IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSun } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { endSession, useSession } from '../session'
import { shell } from '../text/shell'
import { sayProblem } from '../ui/Undo'
import css from './Account.module.css'

const schemes = [
  { value: 'auto', icon: IconDeviceDesktop },
  { value: 'light', icon: IconSun },
  { value: 'dark', icon: IconMoon },
] as const

/** Ends the session, or says why it could not. */
export function signOut(): void {
  void endSession().catch(sayProblem)
}

/** Who is signed in, the colours, the keyboard, the way out. A disclosure of plain buttons. */
export function Account() {
  const { actor } = useSession()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)

  useEffect(() => {
    if (!open) return
    const away = (e: PointerEvent) => !box.current?.contains(e.target as Node) && setOpen(false)
    const escape = (e: KeyboardEvent) => {
      if (e.key !== 'Escape') return
      setOpen(false)
      button.current?.focus()
    }
    addEventListener('pointerdown', away)
    addEventListener('keydown', escape)
    return () => {
      removeEventListener('pointerdown', away)
      removeEventListener('keydown', escape)
    }
  }, [open])

  return (
    <div ref={box} className={css.box}>
      {open && (
        <div className={`card ${css.menu}`}>
          <fieldset className={css.schemes}>
            <legend>{shell.scheme.label}</legend>
            {schemes.map((s) => (
              <button key={s.value} type="button" aria-pressed={colorScheme === s.value} onClick={() => setColorScheme(s.value)}>
                <s.icon size={15} aria-hidden />
                {shell.scheme[s.value]}
              </button>
            ))}
          </fieldset>
          <button
            type="button"
            onClick={() => {
              setOpen(false)
              dispatchEvent(new Event('tagline:keys'))
            }}
          >
            <IconKeyboard size={15} aria-hidden />
            {shell.keyboard}
          </button>
          <button type="button" onClick={signOut}>
            <IconLogout size={15} aria-hidden />
            {shell.signOut}
          </button>
        </div>
      )}
      <UnstyledButton
        ref={button}
        className={css.account}
        aria-label={`${shell.account}: ${actor.name}`}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <span className={css.initial} aria-hidden>
          {actor.name.slice(0, 1).toUpperCase()}
        </span>
        <span className={css.who}>
          <span>{actor.name}</span>
          <span className="meta">{actor.role}</span>
        </span>
        <IconChevronUp size={14} aria-hidden />
      </UnstyledButton>
    </div>
  )
}
