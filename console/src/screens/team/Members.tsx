import { ActionIcon, Button, Menu, NativeSelect } from '@mantine/core'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconCircleCheck, IconCircleOff, IconDots, IconMail } from '@tabler/icons-react'
import { useState } from 'react'
import { answer, client, list, load, type Role, type Schema } from '../../api'
import { useCan, useSession } from '../../session'
import { team as t } from '../../text/team'
import { ui } from '../../text/ui'
import { CopyCall } from '../../ui/Copy'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { rowsOf } from '../../ui/rows'
import { StateChip } from '../../ui/StateChip'
import { Time } from '../../ui/Time'
import { offerUndo, say, sayProblem } from '../../ui/Undo'
import { Invite } from './Invite'
import { LinkOnce } from './LinkOnce'

type Member = Schema['Member']
type Change = Schema['MemberChange']

const icons = { invited: IconMail, active: IconCircleCheck, disabled: IconCircleOff }
const tones = { invited: 'info', active: 'good', disabled: 'neutral' } as const

export function Members() {
  const query = useInfiniteQuery(list('/members'))
  const roles = useQuery(load('/roles'))
  const queries = useQueryClient()
  const can = useCan()
  const { actor } = useSession()
  const [inviting, setInviting] = useState(false)
  const [link, setLink] = useState<Schema['Link']>()
  const { rows, more } = rowsOf(query)
  const write = can('member.write')
  const titles = Object.fromEntries((roles.data?.roles ?? []).map((r) => [r.role, r.title]))

  const change = async (id: string, body: Change) => {
    await answer(client.PATCH('/members/{id}', { params: { path: { id } }, body }))
    await queries.invalidateQueries({ queryKey: ['/members'] })
  }
  const changeWithUndo = (m: Member, body: Change, back: Change, message: string) =>
    void change(m.id, body).then(() => offerUndo(message, () => change(m.id, back)), sayProblem)

  const memberLink = (m: Member) =>
    void answer(client.POST('/members/{id}/link', { params: { path: { id: m.id } } })).then(setLink, sayProblem)
  const signOut = (m: Member) =>
    void answer(client.DELETE('/members/{id}/sessions', { params: { path: { id: m.id } } })).then(
      () => say(t.members.signedOut(m.name)),
      sayProblem,
    )

  return (
    <div className="card">
      {write && (
        <div className="pad row" style={{ justifyContent: 'flex-end', paddingBottom: 4 }}>
          <Button onClick={() => setInviting(true)}>{t.members.invite}</Button>
        </div>
      )}
      <DataTable<Member>
        name={t.tabs.members}
        rows={rows}
        more={more}
        error={query.error}
        retry={() => void query.refetch()}
        rowKey={(m) => m.id}
        empty={<Empty title={t.members.none}>{t.members.noneHint}</Empty>}
        aside={<CopyCall path="/members" />}
        columns={[
          {
            key: 'name',
            header: t.members.name,
            csv: (m) => m.name,
            cell: (m) => (
              <span>
                <strong>{m.name}</strong>
                {m.id === actor.id && <span className="meta">{` · ${t.members.you}`}</span>}
                {m.email && (
                  <span className="dim" style={{ display: 'block' }}>
                    {m.email}
                  </span>
                )}
              </span>
            ),
          },
          {
            key: 'role',
            header: t.members.role,
            csv: (m) => m.role,
            cell: (m) =>
              write ? (
                <NativeSelect
                  aria-label={t.members.roleOf(m.name)}
                  size="xs"
                  value={m.role}
                  data={(roles.data?.roles ?? []).map((r) => ({ value: r.role, label: r.title }))}
                  onChange={(e) => {
                    const role = e.currentTarget.value as Role
                    changeWithUndo(m, { role }, { role: m.role }, t.members.roleChanged(m.name, titles[role] ?? role))
                  }}
                />
              ) : (
                titles[m.role]
              ),
          },
          {
            key: 'state',
            header: t.members.state,
            hide: 'phone',
            csv: (m) => m.state,
            cell: (m) => (
              <StateChip icon={icons[m.state]} tone={tones[m.state]}>
                {t.members.states[m.state]}
              </StateChip>
            ),
          },
          { key: 'seen', header: t.members.seen, hide: 'phone', csv: (m) => m.lastSeenAt, cell: (m) => <Time at={m.lastSeenAt} /> },
          ...(write
            ? [
                {
                  key: 'more',
                  header: ui.actions,
                  width: '1%',
                  cell: (m: Member) => (
                    <Menu position="bottom-end">
                      <Menu.Target>
                        <ActionIcon variant="subtle" size={32} aria-label={t.members.more(m.name)}>
                          <IconDots size={16} aria-hidden />
                        </ActionIcon>
                      </Menu.Target>
                      <Menu.Dropdown>
                        <Menu.Item onClick={() => memberLink(m)}>{t.members.newLink}</Menu.Item>
                        <Menu.Item onClick={() => signOut(m)}>{t.members.signOutAll}</Menu.Item>
                        <Menu.Item
                          onClick={() => {
                            const disabled = m.state !== 'disabled'
                            const message = disabled ? t.members.disabled(m.name) : t.members.enabled(m.name)
                            changeWithUndo(m, { disabled }, { disabled: !disabled }, message)
                          }}
                        >
                          {m.state === 'disabled' ? t.members.enable : t.members.disable}
                        </Menu.Item>
                      </Menu.Dropdown>
                    </Menu>
                  ),
                },
              ]
            : []),
        ]}
      />
      {inviting && (
        <Invite
          roles={roles.data?.roles ?? []}
          onClose={() => setInviting(false)}
          onInvited={(made) => {
            setInviting(false)
            setLink(made)
          }}
        />
      )}
      {link && <LinkOnce link={link} onClose={() => setLink(undefined)} />}
    </div>
  )
}
