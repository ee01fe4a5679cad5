import { Spotlight, spotlight } from '@mantine/spotlight'
import '@mantine/spotlight/styles.layer.css'
import { useDebouncedValue } from '@mantine/hooks'
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { load } from '../api'
import { useCan } from '../session'
import { shell } from '../text/shell'
import { places } from './places'
import css from './Palette.module.css'
import { signOut } from './Account'

type Entry = { id: string; label: string; note?: string; run: () => void }

const matches = (label: string, typed: string) => label.toLowerCase().includes(typed.trim().toLowerCase())

/** Everything by name: places, actions, and what the server finds. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState('')
  const [query] = useDebouncedValue(typed.trim(), 150)
  const navigate = useNavigate()
  const can = useCan()
  const scheme = useComputedColorScheme('light')
  const { setColorScheme } = useMantineColorScheme()
  const found = useQuery({
    ...load('/search', { query: { q: query, limit: 8 } }),
    enabled: query.length > 0 && can('search.read'),
    placeholderData: keepPreviousData,
  })

  useEffect(() => spotlight.open(), [])

  const go = (to: string) => () => void navigate({ to })
  const here: Entry[] = places.filter((p) => can(p.action)).map((p) => ({ id: p.to, label: p.label, note: `g ${p.key}`, run: go(p.to) }))
  const act: Entry[] = [
    { id: 'dark', label: scheme === 'dark' ? shell.palette.light : shell.palette.dark, run: () => setColorScheme(scheme === 'dark' ? 'light' : 'dark') },
    ...(can('phone.use') ? [{ id: 'phone', label: shell.palette.tapBottle, run: go('/phone') }] : []),
    ...(can('tag.write')
      ? [
          { id: 'set', label: shell.palette.createSet, run: go('/tags/new') },
          { id: 'import', label: shell.palette.importChips, run: go('/tags/import') },
        ]
      : []),
    ...(can('tag.diagnose') ? [{ id: 'diagnose', label: shell.palette.diagnose, run: go('/tags/diagnose') }] : []),
    { id: 'keys', label: shell.palette.keyboard, run: () => dispatchEvent(new Event('tagline:keys')) },
    { id: 'out', label: shell.palette.signOut, run: signOut },
  ]
  const hits: Entry[] = query
    ? (found.data?.items ?? []).map((h) => ({
        id: `${h.kind} ${h.id}`,
        label: h.title,
        note: [shell.kinds[h.kind], h.subtitle].filter(Boolean).join(' · '),
        run: go(h.href),
      }))
    : []
  const sections = [
    { label: shell.palette.found, entries: hits },
    { label: shell.palette.go, entries: here.filter((e) => matches(e.label, typed)) },
    { label: shell.palette.actions, entries: act.filter((e) => matches(e.label, typed)) },
  ].filter((s) => s.entries.length > 0)

  // What the server finds arrives after the selection was made and takes its place.
  const first = (key: string) => {
    if (key !== 'Enter' || document.querySelector('[role="dialog"] [data-selected], [role="dialog"] [aria-selected="true"]')) return
    const entry = sections[0]?.entries[0]
    if (!entry) return
    entry.run()
    spotlight.close()
  }

  return (
    <Spotlight.Root
      query={typed}
      onQueryChange={setTyped}
      onSpotlightClose={onClose}
      shortcut={null}
      scrollable
      maxHeight={420}
      radius="lg"
      centered={false}
      yOffset="12vh"
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      transitionProps={{ duration: 0 }}
      attributes={{ content: { 'aria-label': shell.palette.title } }}
    >
      <Spotlight.Search
        placeholder={shell.palette.placeholder}
        aria-label={shell.palette.title}
        onKeyDown={(e) => first(e.key)}
        leftSection={<IconSearch size={18} stroke={1.6} aria-hidden />}
      />
      <Spotlight.ActionsList>
        {sections.map((s) => (
          <Spotlight.ActionsGroup key={s.label} label={s.label} className={css.group}>
            {s.entries.map((e) => (
              <Spotlight.Action key={e.id} onClick={e.run} className={css.action}>
                <span className={css.what}>{e.label}</span>
                <span className="meta">{e.note}</span>
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {sections.length === 0 && (
          <Spotlight.Empty>{found.isFetching ? shell.palette.searching : shell.palette.nothing}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}
