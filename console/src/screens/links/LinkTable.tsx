import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconEyeOff, IconLanguage, IconLinkOff, IconStar, IconArrowForwardUp } from '@tabler/icons-react'
import { useState } from 'react'
import { load } from '../../api'
import { dateOnly } from '../../format'
import { useCan } from '../../session'
import { links as t } from '../../text/links'
import { ui } from '../../text/ui'
import { DataTable } from '../../ui/DataTable'
import { Empty } from '../../ui/Empty'
import { Section } from '../../ui/Page'
import { StateChip } from '../../ui/StateChip'
import { sayProblem } from '../../ui/Undo'
import { isBroken, isPublic, withLink, type Entry, type EntryLink } from './anchor'
import { LinkForm } from './LinkForm'
import { useSave } from './save'
import css from './Links.module.css'

/** The links of an entry, each to be changed in a form; removing acts at once. */
export function LinkTable({ entry: e }: { entry: Entry }) {
  const can = useCan()
  const write = can('link.write')
  const [editing, setEditing] = useState<number>()
  const types = useQuery({ ...load('/links/types'), staleTime: Infinity })
  const titles = new Map(types.data?.types.map((l) => [l.type, l.title]))
  const remove = useSave(undefined, t.entry.removed)
  const rows = (e.links ?? []).map((link, index) => ({ link, index }))
  type Row = (typeof rows)[number]
  const add = write && (
    <Button size="xs" onClick={() => setEditing(-1)}>
      {t.entry.add}
    </Button>
  )
  return (
    <Section title={t.entry.links} aside={add} flush>
      <DataTable<Row>
        name={t.entry.links}
        rows={rows}
        rowKey={({ link }) => link.id ?? link.href}
        empty={
          <Empty title={t.entry.noLinks} action={add}>
            {`${t.entry.noLinksHint} ${e.handledBy ?? ''}`}
          </Empty>
        }
        columns={[
          {
            key: 'title',
            header: t.entry.title2,
            csv: ({ link }) => link.title,
            cell: ({ link }) => (
              <span>
                <strong>{link.title}</strong>
                <span className="meta" style={{ display: 'block' }}>
                  {titles.get(link.linktype)} <code>{link.linktype}</code>
                </span>
                <span className="meta" style={{ display: 'block', overflowWrap: 'anywhere' }}>
                  {link.href}
                </span>
                <Flags link={link} />
              </span>
            ),
          },
          { key: 'for', header: t.entry.forWhom, hide: 'phone', csv: ({ link }) => forWhom(link), cell: ({ link }) => forWhom(link) || <span className="dim">{t.entry.everybody}</span> },
          { key: 'when', header: t.entry.when, hide: 'phone', csv: ({ link }) => when(link), cell: ({ link }) => when(link) || <span className="dim">{t.entry.always}</span> },
          ...(write
            ? [
                {
                  key: 'actions',
                  header: ui.actions,
                  width: '1%',
                  cell: ({ link, index }: Row) => (
                    <span className={css.actions}>
                      <Button variant="default" size="compact-sm" aria-label={t.entry.edit(link.title)} onClick={() => setEditing(index)}>
                        {t.entry.editShort}
                      </Button>
                      {rows.length > 1 && (
                        <Button
                          variant="subtle"
                          size="compact-sm"
                          aria-label={t.entry.remove(link.title)}
                          loading={remove.isPending}
                          onClick={() => remove.mutate(withLink(e, index, undefined), { onError: sayProblem })}
                        >
                          {t.entry.removeShort}
                        </Button>
                      )}
                    </span>
                  ),
                },
              ]
            : []),
        ]}
      />
      {editing !== undefined && <LinkForm entry={e} index={editing} close={() => setEditing(undefined)} />}
    </Section>
  )
}

function forWhom(l: EntryLink): string {
  return [...(l.hreflang ?? []), ...(l.markets ?? []), ...(l.context ?? []), ...(l.type ? [l.type] : [])].join(', ')
}

function when(l: EntryLink): string {
  const parts = []
  if (l.whenWords) parts.push(l.whenWords)
  if (l.from) parts.push(t.entry.from(dateOnly(l.from)))
  if (l.until) parts.push(t.entry.until(dateOnly(l.until)))
  return parts.join(', ')
}

function Flags({ link: l }: { link: EntryLink }) {
  const broken = isBroken(l)
  const moved = !broken && l.health?.movedTo
  if (!l.default && !l.multi && isPublic(l) && !broken && !moved) return null
  return (
    <span className="row" style={{ gap: 6, marginTop: 4 }}>
      {l.default && (
        <StateChip icon={IconStar} tone="good">
          {t.entry.default}
        </StateChip>
      )}
      {l.multi && <StateChip icon={IconLanguage}>{t.entry.multi}</StateChip>}
      {!isPublic(l) && <StateChip icon={IconEyeOff}>{t.entry.hidden}</StateChip>}
      {broken && (
        <StateChip icon={IconLinkOff} tone="bad" title={l.health?.trouble}>
          {t.entry.broken}
        </StateChip>
      )}
      {moved && (
        <StateChip icon={IconArrowForwardUp} tone="warn" title={l.health?.movedTo}>
          {t.entry.moved}
        </StateChip>
      )}
    </span>
  )
}
