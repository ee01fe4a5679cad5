import { ActionIcon, Button } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useContext, useEffect, useState } from 'react'
import { localized } from '../../format'
import { editor as t } from '../../text/passport-editor'
import { Empty } from '../../ui/Empty'
import { Section as Card } from '../../ui/Page'
import { offerUndo } from '../../ui/Undo'
import { AttributeFields, AttributeRow } from './Attributes'
import { Line, TextIn, Writing } from './Fields'
import { newAttribute, newSection, slug, type FormAttribute, type FormSection } from './draft'
import css from './Editor.module.css'

type SectionsProps = { sections: FormSection[]; onChange: (change: (now: FormSection[]) => FormSection[]) => void }

function moved<T>(list: T[], from: number, by: -1 | 1): T[] {
  const to = from + by
  const one = list[from]
  if (one === undefined || to < 0 || to >= list.length) return list
  const rest = list.filter((_, i) => i !== from)
  return [...rest.slice(0, to), one, ...rest.slice(to)]
}

/** The sections of a draft with their attributes, of which one is open. */
export function Sections({ sections, onChange }: SectionsProps) {
  const { errors } = useContext(Writing)
  const [open, setOpen] = useState('')
  useEffect(() => {
    // The first attribute with something wrong opens by itself.
    for (const key of Object.keys(errors)) {
      const [, s, a] = /^sections\.(\d+)\.attributes\.(\d+)/.exec(key) ?? []
      const id = sections[Number(s)]?.attributes[Number(a)]?.id
      if (id) return setOpen(id)
    }
    // Only when the server has answered: what is typed afterwards moves nothing.
  }, [errors])
  const set = (id: string, change: (s: FormSection) => FormSection) => onChange((now) => now.map((o) => (o.id === id ? change(o) : o)))
  const add = (
    <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => onChange((now) => [...now, newSection()])}>
      {t.addSection}
    </Button>
  )
  const remove = (i: number, s: FormSection) => {
    onChange((now) => now.filter((o) => o.id !== s.id))
    offerUndo(t.removedSection(localized(s.label) || t.untitled), () => {
      onChange((now) => [...now.slice(0, i), s, ...now.slice(i)])
      return Promise.resolve()
    })
  }
  if (sections.length === 0) {
    return (
      <Card title={t.sections}>
        <Empty title={t.noSections} action={add}>
          {t.noSectionsHint}
        </Empty>
      </Card>
    )
  }
  return (
    <>
      {sections.map((s, i) => (
        <OneSection
          key={s.id}
          at={`sections.${i}`}
          section={s}
          index={i}
          sections={sections}
          open={open}
          onOpen={setOpen}
          onChange={(change) => set(s.id, change)}
          onMove={(by) => onChange((now) => moved(now, i, by))}
          onRemove={() => remove(i, s)}
          onSection={(a, to) =>
            onChange((now) =>
              now.map((o, j) => ({
                ...o,
                attributes: j === to ? [...o.attributes.filter((x) => x.id !== a.id), a] : o.attributes.filter((x) => x.id !== a.id),
              })),
            )
          }
        />
      ))}
      <div>{add}</div>
    </>
  )
}

type OneProps = {
  at: string
  section: FormSection
  index: number
  sections: FormSection[]
  open: string
  onOpen: (id: string) => void
  onChange: (change: (now: FormSection) => FormSection) => void
  onMove: (by: -1 | 1) => void
  onRemove: () => void
  onSection: (a: FormAttribute, to: number) => void
}

function OneSection({ at, section: s, index, sections, open, onOpen, onChange, onMove, onRemove, onSection }: OneProps) {
  const { language } = useContext(Writing)
  const title = localized(s.label, language) || t.untitled
  const put = (change: (now: FormAttribute[]) => FormAttribute[]) => onChange((now) => ({ ...now, attributes: change(now.attributes) }))
  const remove = (j: number, a: FormAttribute) => {
    put((now) => now.filter((o) => o.id !== a.id))
    offerUndo(t.removedSection(localized(a.label, language) || t.nameless), () => {
      put((now) => [...now.slice(0, j), a, ...now.slice(j)])
      return Promise.resolve()
    })
  }
  return (
    <Card
      title={title}
      aside={
        <>
          <span>{t.attributes(s.attributes.length)}</span>
          <ActionIcon variant="subtle" size="lg" className={css.mover} disabled={index === 0} aria-label={t.moveUp(title)} onClick={() => onMove(-1)}>
            <IconArrowUp size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon variant="subtle" size="lg" className={css.mover} disabled={index === sections.length - 1} aria-label={t.moveDown(title)} onClick={() => onMove(1)}>
            <IconArrowDown size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon variant="subtle" size="lg" aria-label={`${t.removeSection}: ${title}`} onClick={onRemove}>
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </>
      }
    >
      <div className="stack">
        <div className={css.pair}>
          <TextIn
            at={`${at}.label`}
            label={t.sectionLabel}
            value={s.label}
            autoFocus={s.name === '' && s.attributes.length === 0}
            onChange={(label) => onChange((now) => ({ ...now, label, name: s.name === slug(localized(s.label)) ? slug(localized(label)) : s.name }))}
          />
          <Line at={`${at}.name`} label={t.sectionName} value={s.name} spellCheck={false} maxLength={63} onChange={(name) => onChange((now) => ({ ...now, name }))} />
        </div>
        {s.attributes.length === 0 && <p className="dim">{t.noAttributes}</p>}
        <ul className={css.attributes}>
          {s.attributes.map((a, j) => (
            <AttributeRow
              key={a.id}
              at={`${at}.attributes.${j}`}
              attribute={a}
              open={open === a.id}
              first={j === 0}
              last={j === s.attributes.length - 1}
              onOpen={(now) => onOpen(now ? a.id : '')}
              onMove={(by) => put((now) => moved(now, j, by))}
            >
              <AttributeFields
                at={`${at}.attributes.${j}`}
                attribute={a}
                sections={sections}
                section={index}
                onChange={(next) => put((now) => now.map((o) => (o.id === next.id ? next : o)))}
                onSection={(to) => onSection(a, to)}
                onRemove={() => remove(j, a)}
              />
            </AttributeRow>
          ))}
        </ul>
        <div>
          <Button
            variant="subtle"
            size="compact-sm"
            className={css.tool}
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => {
              const a = newAttribute()
              put((now) => [...now, a])
              onOpen(a.id)
            }}
          >
            {t.addAttribute}
          </Button>
        </div>
      </div>
    </Card>
  )
}
