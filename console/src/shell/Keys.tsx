import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useCan } from '../session'
import { openPalette, paletteEvent } from './palette-state'
import { places } from './places'
import { forPage, Sequence, singleKeys } from './shortcuts'

const loadPalette = () => import('./Palette')
const Palette = lazy(loadPalette)
const KeyHelp = lazy(() => import('./KeyHelp'))

/** Keyboard shortcuts, their list, and the palette that opens by Ctrl-K. */
export function Keys() {
  const [help, setHelp] = useState(false)
  const [palette, setPalette] = useState(false)
  const [single, setSingle] = useState(singleKeys)
  const navigate = useNavigate()
  const can = useCan()
  const scheme = useComputedColorScheme('light')
  const { setColorScheme } = useMantineColorScheme()

  useEffect(() => {
    const wanted = () => setPalette(true)
    const keys = () => setHelp(true)
    addEventListener(paletteEvent, wanted)
    addEventListener('tagline:keys', keys)
    // Fetched when the screen is at rest, so that it opens without a wait.
    const idle = setTimeout(() => void loadPalette(), 1500)
    return () => {
      removeEventListener(paletteEvent, wanted)
      removeEventListener('tagline:keys', keys)
      clearTimeout(idle)
    }
  }, [])

  useEffect(() => {
    const sequence = new Sequence(() => [
      { keys: '?', run: () => setHelp(true) },
      { keys: '/', run: openPalette },
      { keys: 'd', run: () => setColorScheme(scheme === 'dark' ? 'light' : 'dark') },
      ...places.filter((p) => can(p.action)).map((p) => ({ keys: `g ${p.key}`, run: () => void navigate({ to: p.to }) })),
    ])
    const onKey = (e: KeyboardEvent) => {
      if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k') {
        e.preventDefault()
        openPalette()
      } else if (single && forPage(e) && sequence.press(e.key, e.timeStamp)) {
        e.preventDefault()
      }
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [can, navigate, scheme, setColorScheme, single])

  return (
    <>
      {palette && (
        <Suspense>
          <Palette onClose={() => setPalette(false)} />
        </Suspense>
      )}
      {help && (
        <Suspense>
          <KeyHelp single={single} onSingle={setSingle} onClose={() => setHelp(false)} />
        </Suspense>
      )}
    </>
  )
}
