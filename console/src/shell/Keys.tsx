import { Kbd, Modal, Switch, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useCan } from '../session'
import { shell } from '../text/shell'
import { ui } from '../text/ui'
import { openPalette, paletteEvent } from './palette-state'
import { places } from './places'
import { forPage, Sequence, setSingleKeys, singleKeys } from './shortcuts'
import css from './Shell.module.css'

const loadPalette = () => import('./Palette')
const Palette = lazy(loadPalette)

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
      <Modal opened={help} onClose={() => setHelp(false)} title={shell.keys.title} closeButtonProps={{ 'aria-label': ui.close }}>
        <dl className={css.keys}>
          <Row keys={['Ctrl', 'K']} what={shell.keys.palette} />
          <Row keys={['/']} what={shell.keys.search} />
          <Row keys={['?']} what={shell.keys.help} />
          <Row keys={['d']} what={shell.keys.scheme} />
          <Row keys={['↓', '↑']} what={shell.keys.rows} />
          {places
            .filter((p) => can(p.action))
            .map((p) => (
              <Row key={p.to} keys={['g', p.key]} what={shell.keys.go(p.label)} />
            ))}
        </dl>
        <Switch
          mt={16}
          label={shell.keys.single}
          description={shell.keys.singleHint}
          checked={single}
          onChange={(e) => {
            setSingleKeys(e.currentTarget.checked)
            setSingle(e.currentTarget.checked)
          }}
        />
      </Modal>
    </>
  )
}

function Row({ keys, what }: { keys: string[]; what: string }) {
  return (
    <div>
      <dt>
        {keys.map((k) => (
          <Kbd key={k}>{k}</Kbd>
        ))}
      </dt>
      <dd>{what}</dd>
    </div>
  )
}
