import { AppShell, Burger, Kbd, Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { IconChevronUp, IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSearch, IconSun } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { answer, client } from '../api'
import { useConnection } from '../live'
import { sessionQuery, useCan, useSession } from '../session'
import { shell } from '../text/shell'
import { sayProblem } from '../ui/Undo'
import { Keys } from './Keys'
import { Mark } from './Mark'
import { openPalette } from './palette-state'
import { groups } from './places'
import { Refresher } from './Refresher'
import css from './Shell.module.css'

/** What stands round every screen: navigation, account, palette, the live line. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure()
  const { server } = useSession()
  const { pathname } = useLocation()
  const main = useRef<HTMLElement>(null)
  const first = useRef(true)

  useEffect(() => {
    close()
    // A new screen is announced by moving the focus to it, as a page load would do.
    if (first.current) first.current = false
    else main.current?.focus({ preventScroll: true })
  }, [pathname, close])

  return (
    <AppShell
      header={{ height: { base: 52, md: 0 } }}
      navbar={{ width: 216, breakpoint: 'md', collapsed: { mobile: !opened } }}
      padding={{ base: 16, md: 32 }}
      transitionDuration={0}
      mode="fixed"
    >
      <a className={css.skip} href="#main">
        {shell.skip}
      </a>
      <AppShell.Header hiddenFrom="md" className={css.header}>
        <Burger
          opened={opened}
          onClick={toggle}
          size="sm"
          aria-label={opened ? shell.closeNavigation : shell.openNavigation}
          aria-expanded={opened}
        />
        <Mark />
        <UnstyledButton className={css.iconButton} onClick={openPalette} aria-label={shell.search}>
          <IconSearch size={20} aria-hidden />
        </UnstyledButton>
      </AppShell.Header>
      <AppShell.Navbar className={css.navbar}>
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="main" ref={main} tabIndex={-1} className={css.main} data-demo={server.demo || undefined}>
        <Outlet />
      </AppShell.Main>
      <Keys />
      <Refresher />
    </AppShell>
  )
}

function Navigation() {
  const can = useCan()
  const { server } = useSession()
  return (
    <>
      <div className={css.brand}>
        <Mark />
        {server.demo && (
          <span className={css.demo} title={shell.demoHint}>
            {shell.demo}
          </span>
        )}
      </div>
      <UnstyledButton className={css.search} onClick={openPalette}>
        <IconSearch size={15} aria-hidden />
        <span>{shell.search}</span>
        <Kbd size="xs">Ctrl K</Kbd>
      </UnstyledButton>
      <nav aria-label={shell.navigation} className={css.nav}>
        {groups.map((g, i) => {
          const shown = g.places.filter((p) => can(p.action))
          if (shown.length === 0) return null
          return (
            <div key={i}>
              {g.label && <p className={css.group}>{g.label}</p>}
              <ul>
                {shown.map((p) => (
                  <li key={p.to}>
                    <Link
                      to={p.to}
                      className={css.link}
                      activeOptions={{ exact: p.to === '/', includeSearch: false }}
                      title={`g ${p.key}`}
                    >
                      <p.icon size={17} stroke={1.6} aria-hidden />
                      {p.label}
                    </Link>
                  </li>
                ))}
              </ul>
            </div>
          )
        })}
      </nav>
      <div className={css.bottom}>
        <LiveState />
        <Account />
      </div>
    </>
  )
}

function LiveState() {
  const state = useConnection()
  const can = useCan()
  if (!can('live.read')) return null
  return (
    <p className={css.live} data-state={state} title={shell.liveHint[state]} role="status">
      <i aria-hidden />
      {shell.live[state]}
    </p>
  )
}

const schemes = [
  { value: 'auto', icon: IconDeviceDesktop },
  { value: 'light', icon: IconSun },
  { value: 'dark', icon: IconMoon },
] as const

export function useSignOut(): () => void {
  const navigate = useNavigate()
  const queries = useQueryClient()
  return () =>
    void answer(client.DELETE('/session')).then(() => {
      queries.clear()
      queries.setQueryData(sessionQuery.queryKey, null)
      return navigate({ to: '/sign-in' })
    }, sayProblem)
}

function Account() {
  const { actor } = useSession()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const signOut = useSignOut()
  const [open, setOpen] = useState(false)
  return (
    <Menu position="top-start" width={208} opened={open} onChange={setOpen} transitionProps={{ duration: 100 }}>
      <Menu.Target>
        <UnstyledButton className={css.account} aria-label={`${shell.account}: ${actor.name}`}>
          <span className={css.initial} aria-hidden>
            {actor.name.slice(0, 1).toUpperCase()}
          </span>
          <span className={css.who}>
            <span>{actor.name}</span>
            <span className="meta">{actor.role}</span>
          </span>
          <IconChevronUp size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{shell.scheme.label}</Menu.Label>
        {schemes.map((s) => (
          <Menu.Item
            key={s.value}
            leftSection={<s.icon size={15} aria-hidden />}
            aria-current={colorScheme === s.value || undefined}
            className={css.scheme}
            onClick={() => setColorScheme(s.value)}
          >
            {shell.scheme[s.value]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={15} aria-hidden />} onClick={() => dispatchEvent(new Event('tagline:keys'))}>
          {shell.keyboard}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={15} aria-hidden />} onClick={signOut}>
          {shell.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
