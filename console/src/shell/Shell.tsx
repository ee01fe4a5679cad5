import { AppShell, Burger, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useConnection } from '../live'
import { useCan, useSession } from '../session'
import { shell } from '../text/shell'
import { Account } from './Account'
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
          className={css.iconButton}
          aria-label={opened ? shell.closeNavigation : shell.openNavigation}
          aria-expanded={opened}
        />
        <Mark />
        <UnstyledButton className={css.iconButton} onClick={openPalette} aria-label={shell.search}>
          <IconSearch size={20} aria-hidden />
        </UnstyledButton>
      </AppShell.Header>
      <AppShell.Navbar className={css.navbar} data-closed={!opened || undefined}>
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
        <kbd className={css.kbd}>Ctrl K</kbd>
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
