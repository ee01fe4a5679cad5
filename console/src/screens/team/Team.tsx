import { Tabs } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useCan } from '../../session'
import { Allowed } from '../../shell/states'
import { team as t } from '../../text/team'
import { Page } from '../../ui/Page'
import { Keys } from './Keys'
import { Members } from './Members'
import { RoleTable } from './RoleTable'

const route = getRouteApi('/inside/team')

export function Team() {
  const { tab } = route.useSearch()
  const navigate = route.useNavigate()
  const can = useCan()
  return (
    <Page title={t.title} lead={t.lead}>
      <Tabs
        value={tab ?? 'members'}
        onChange={(v) => void navigate({ search: { tab: v === 'keys' ? 'keys' : undefined } })}
        keepMounted={false}
      >
        <Tabs.List mb={16}>
          <Tabs.Tab value="members">{t.tabs.members}</Tabs.Tab>
          {can('key.read') && <Tabs.Tab value="keys">{t.tabs.keys}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="members">
          <Allowed action="member.read">
            <div className="stack">
              <Members />
              <RoleTable />
            </div>
          </Allowed>
        </Tabs.Panel>
        <Tabs.Panel value="keys">
          <Allowed action="key.read">
            <Keys />
          </Allowed>
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
