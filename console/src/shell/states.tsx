import { Button, Skeleton } from '@mantine/core'
import { useQueryErrorResetBoundary } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import { useEffect, type ReactNode } from 'react'
import { Problem } from '../api'
import { useCan, useSession } from '../session'
import { ui } from '../text/ui'
import { Empty } from '../ui/Empty'
import { ErrorBox } from '../ui/ErrorBox'
import { Page } from '../ui/Page'

const chunkLost = /dynamically imported module|Importing a module script failed|Unable to preload CSS/i
const reloaded = 'tagline.reloaded'

/** A screen that failed. A part of an older build that is gone reloads the page, once. */
export function Broken({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter()
  const queries = useQueryErrorResetBoundary()
  const oldBuild = error instanceof Error && chunkLost.test(error.message)
  useEffect(() => {
    if (!oldBuild) return
    const last = Number(sessionStorage.getItem(reloaded) ?? 0)
    if (Date.now() - last < 60_000) return
    sessionStorage.setItem(reloaded, String(Date.now()))
    location.reload()
  }, [oldBuild])
  const retry = () => {
    queries.reset()
    reset()
    void router.invalidate()
  }
  const shown = oldBuild ? new Problem(503, 'unavailable', ui.error.newBuild, ui.error.newBuild, ui.error.newBuildHint) : error
  return (
    <main style={{ padding: 32, maxWidth: 720 }}>
      <h1 className="visually-hidden">{oldBuild ? ui.error.newBuild : ui.error.unexpected}</h1>
      <ErrorBox
        error={shown}
        retry={retry}
        action={
          <Button size="xs" variant="default" onClick={() => location.reload()}>
            {ui.error.reload}
          </Button>
        }
      />
    </main>
  )
}

export function Missing() {
  return (
    <Page title={ui.error.notFound}>
      <Empty title={ui.error.notFoundHint} action={<Link to="/">{ui.error.toOverview}</Link>} />
    </Page>
  )
}

/** The same outside the shell, for an address that nothing here has. */
export function MissingAlone() {
  return (
    <main style={{ padding: 32 }}>
      <Missing />
    </main>
  )
}

/** The outline of a screen while its code comes. */
export function Waiting() {
  return (
    <div className="stack" aria-busy="true" aria-label={ui.loading}>
      <Skeleton height={34} width={240} />
      <Skeleton height={120} radius={12} />
      <Skeleton height={320} radius={12} />
    </div>
  )
}

/** Shows its children to those whose role includes the action, and says so to others. */
export function Allowed({ action, children }: { action: string; children: ReactNode }) {
  const can = useCan()
  const { actor } = useSession()
  if (can(action)) return <>{children}</>
  return (
    <div className="card">
      <Empty title={ui.permission.title}>{ui.permission.hint(actor.role)}</Empty>
    </div>
  )
}
