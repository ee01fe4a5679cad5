import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconActivityHeartbeat, IconAlertTriangle, IconDownload } from '@tabler/icons-react'
import { asCurl, base, load, type Schema } from '../../api'
import { number } from '../../format'
import { useCan, useSession } from '../../session'
import { Allowed, Waiting } from '../../shell/states'
import { settings as t } from '../../text/settings'
import { Copy } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { ErrorBox } from '../../ui/ErrorBox'
import { Facts } from '../../ui/Facts'
import { Page, Section } from '../../ui/Page'
import { StateChip } from '../../ui/StateChip'
import { Time } from '../../ui/Time'
import { Me } from './Me'

export function Settings() {
  return (
    <Page title={t.title} lead={t.lead}>
      <div className="two">
        <div className="stack">
          <Allowed action="system.read">
            <Health />
          </Allowed>
          <Me />
        </div>
        <div className="stack">
          <Ways />
        </div>
      </div>
    </Page>
  )
}

function Health() {
  const query = useQuery({ ...load('/system'), refetchInterval: 10_000 })
  const { server } = useSession()
  const s = query.data
  if (query.error && !s) return <ErrorBox error={query.error} retry={() => void query.refetch()} />
  if (!s) return <Waiting />
  const behind = s.cursors.some((c) => c.lag > 1000) || s.timers.overdue > 0 || s.timers.parked > 0
  return (
    <>
      <Section title={t.health.title} aside={<>{t.health.updated} <Time at={s.now} relative={false} /></>}>
        <StateChip icon={behind ? IconAlertTriangle : IconActivityHeartbeat} tone={behind ? 'warn' : 'good'}>
          {behind ? t.health.behind : t.health.good}
        </StateChip>
        <p className="dim" style={{ margin: '8px 0 16px' }}>
          {behind ? t.health.behindHint : t.health.goodHint}
        </p>
        <Facts
          items={[
            [t.server.version, s.version],
            [t.server.engine, t.server.engines[s.engine]],
            [t.server.started, <Time at={s.startedAt} />],
            [t.server.memory, t.server.memoryValue(number(s.memoryMB))],
            [t.server.base, server.baseUrl],
            [t.server.vault, t.server.days(s.vault.keyAgeDays)],
            [t.timers.waiting, number(s.timers.waiting)],
            [t.timers.overdue, number(s.timers.overdue)],
            [t.timers.parked, number(s.timers.parked)],
          ]}
        />
      </Section>
      <Section title={t.cursors.title} aside={t.cursors.head(number(s.head))} flush>
        <DataTable<Schema['Cursor']>
          name={t.cursors.title}
          rows={s.cursors}
          rowKey={(c) => c.name}
          empty={<Empty title={t.cursors.none} />}
          columns={[
            { key: 'name', header: t.cursors.name, cell: (c) => <code>{c.name}</code>, csv: (c) => c.name },
            { key: 'pos', header: t.cursors.position, number: true, cell: (c) => number(c.pos), csv: (c) => c.pos },
            {
              key: 'lag',
              header: t.cursors.lag,
              number: true,
              cell: (c) => (c.lag > 0 ? t.cursors.events(c.lag) : t.cursors.upToDate),
              csv: (c) => c.lag,
            },
            { key: 'owner', header: t.cursors.owner, hide: 'phone', cell: (c) => c.owner, csv: (c) => c.owner },
          ]}
        />
      </Section>
    </>
  )
}

/** The ways in and out: files and the API. */
function Ways() {
  const can = useCan()
  return (
    <>
      <Section title={t.brand.title}>
        <div className="stack">
          <p className="dim">{t.brand.lead}</p>
          {can('brand.export') && (
            <div>
              <Button component="a" href={`${base}/export`} download variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
                {t.brand.download}
              </Button>
            </div>
          )}
          <div className="stack-s">
            <h3>{t.brand.apply}</h3>
            <code>{t.brand.applyCommand}</code>
            <div>
              <Copy value={t.brand.applyCommand} />
            </div>
          </div>
        </div>
      </Section>
      <Section title={t.api.title}>
        <div className="stack">
          <p className="dim">{t.api.lead}</p>
          <p className="row">
            <a href={`${base}/docs`} target="_blank" rel="noreferrer">
              {t.api.docs}
            </a>
            <a href={`${base}/openapi.yaml`} target="_blank" rel="noreferrer">
              {t.api.spec}
            </a>
          </p>
          <div className="stack-s">
            <h3>{t.api.example}</h3>
            <code>{asCurl('/things', { limit: 3 })}</code>
            <div>
              <Copy value={asCurl('/things', { limit: 3 })} />
            </div>
          </div>
        </div>
      </Section>
    </>
  )
}
