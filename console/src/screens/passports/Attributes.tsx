import { ActionIcon, Button, NativeSelect } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconCheck, IconPencil, IconPlus, IconTrash, IconX } from '@tabler/icons-react'
import { useContext } from 'react'
import { localized } from '../../format'
import { editor as t } from '../../text/passport-editor'
import { passports as words } from '../../text/passports'
import { Line, TextIn, TierSelect, useWrong, Writing } from './Fields'
import { kinds, numberOf, slug, type FormAttribute, type FormSection, type Kind } from './draft'
import css from './Editor.module.css'

/** What an attribute says, in a line. */
export function valueOf(a: FormAttribute, language: string): string {
  if (a.kind === 'number') return `${a.number} ${a.unit}`.trim()
  if (a.kind === 'list') return a.list.map((l) => localized(l, language)).filter(Boolean).join(', ')
  return a.kind === 'link' ? a.link : localized(a.text, language)
}

type RowProps = {
  at: string
  attribute: FormAttribute
  open: boolean
  first: boolean
  last: boolean
  onOpen: (open: boolean) => void
  onMove: (by: -1 | 1) => void
  children: React.ReactNode
}

/** An attribute in a line; its fields open below it, one at a time. */
export function AttributeRow({ at, attribute: a, open, first, last, onOpen, onMove, children }: RowProps) {
  const { language } = useContext(Writing)
  const wrong = useWrong(at)
  const label = localized(a.label, language) || t.nameless
  return (
    <li className={css.attribute} data-open={open || undefined} data-attribute={a.name}>
      <div className={css.line}>
        <span className={css.said}>
          <strong>{label}</strong>
          <span className={css.value}>{valueOf(a, language) || <span className="dim">{t.valueless}</span>}</span>
          {a.tier !== 'public' && <span className="meta">{words.tiers[a.tier]}</span>}
          {wrong && !open && <span className={css.wrong}>{wrong}</span>}
        </span>
        <span className={css.tools}>
          <ActionIcon variant="subtle" size="lg" className={css.mover} disabled={first} aria-label={t.moveUp(label)} onClick={() => onMove(-1)}>
            <IconArrowUp size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon variant="subtle" size="lg" className={css.mover} disabled={last} aria-label={t.moveDown(label)} onClick={() => onMove(1)}>
            <IconArrowDown size={16} aria-hidden />
          </ActionIcon>
          <Button
            variant="default"
            size="compact-sm"
            className={css.tool}
            leftSection={open ? <IconCheck size={14} aria-hidden /> : <IconPencil size={14} aria-hidden />}
            aria-expanded={open}
            aria-label={open ? t.done : t.edit(label)}
            onClick={() => onOpen(!open)}
          >
            {open ? t.done : t.editShort}
          </Button>
        </span>
      </div>
      {open && children}
    </li>
  )
}

type FieldsProps = {
  at: string
  attribute: FormAttribute
  sections: FormSection[]
  section: number
  onChange: (next: FormAttribute) => void
  onSection: (to: number) => void
  onRemove: () => void
}

export function AttributeFields({ at, attribute: a, sections, section, onChange, onSection, onRemove }: FieldsProps) {
  const { language } = useContext(Writing)
  const wrongHere = useContext(Writing).errors[at]
  const set = (some: Partial<FormAttribute>) => onChange({ ...a, ...some })
  return (
    <div className={css.fields}>
      <TextIn
        at={`${at}.label`}
        label={t.label}
        value={a.label}
        autoFocus={a.name === ''}
        onChange={(label) => set({ label, name: a.name === slug(localized(a.label)) ? slug(localized(label)) : a.name })}
      />
      <TierSelect at={`${at}.tier`} value={a.tier} onChange={(tier) => set({ tier })} />
      <NativeSelect
        label={t.kind}
        value={a.kind}
        error={wrongHere}
        onChange={(e) => set({ kind: e.currentTarget.value as Kind })}
        data={kinds.map((kind) => ({ value: kind, label: t.kinds[kind] }))}
      />
      <NativeSelect
        label={t.section}
        value={String(section)}
        onChange={(e) => onSection(Number(e.currentTarget.value))}
        data={sections.map((s, i) => ({ value: String(i), label: localized(s.label, language) || t.untitled }))}
      />
      <div className={css.wide}>
        <Value at={at} attribute={a} set={set} />
      </div>
      <Line at={`${at}.name`} label={t.machine} description={t.machineHint} value={a.name} spellCheck={false} maxLength={63} onChange={(name) => set({ name })} />
      <Line at={`${at}.term`} label={t.term} description={t.termHint} value={a.term} spellCheck={false} maxLength={90} onChange={(term) => set({ term })} />
      <div className={`row ${css.wide}`}>
        <Button variant="subtle" size="compact-sm" leftSection={<IconTrash size={14} aria-hidden />} onClick={onRemove}>
          {t.remove}
        </Button>
      </div>
    </div>
  )
}

type ValueProps = { at: string; attribute: FormAttribute; set: (some: Partial<FormAttribute>) => void }

function Value({ at, attribute: a, set }: ValueProps) {
  const unread = a.number.trim() !== '' && numberOf(a.number) === undefined
  if (a.kind === 'text') return <TextIn at={`${at}.text`} label={t.text} value={a.text} long onChange={(text) => set({ text })} />
  if (a.kind === 'link')
    return <Line at={`${at}.link`} label={t.link} description={t.linkHint} type="url" value={a.link} maxLength={2000} onChange={(link) => set({ link })} />
  if (a.kind === 'number') {
    return (
      <div className={css.pair}>
        <Line at={`${at}.number`} label={t.number} description={unread ? t.notNumber : ' '} inputMode="decimal" value={a.number} onChange={(number) => set({ number })} />
        <Line at={`${at}.unit`} label={t.unit} description={t.unitHint} value={a.unit} maxLength={41} onChange={(unit) => set({ unit })} />
      </div>
    )
  }
  return (
    <fieldset className={css.entries}>
      <legend>{t.text}</legend>
      {a.list.map((entry, i) => (
        <div key={i} className={css.entry}>
          <TextIn at={`${at}.list.${i}`} label={t.entry(i + 1)} hideLabel value={entry} onChange={(next) => set({ list: a.list.with(i, next) })} />
          <ActionIcon variant="subtle" size="lg" aria-label={t.removeEntry(i + 1)} onClick={() => set({ list: a.list.filter((_, j) => j !== i) })}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => set({ list: [...a.list, {}] })}>
          {t.addEntry}
        </Button>
      </div>
    </fieldset>
  )
}
