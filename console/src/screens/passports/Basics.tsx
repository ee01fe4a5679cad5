import { NativeSelect } from '@mantine/core'
import { documents as files, editor as t } from '../../text/passport-editor'
import { passports as words } from '../../text/passports'
import { Section } from '../../ui/Page'
import type { Schema } from '../../api'
import { Line, TextIn, TierSelect } from './Fields'
import type { Facility, FileInfo, Form, Operator } from './draft'
import { languageName, languages } from './languages'
import css from './Editor.module.css'

type BasicsProps = { form: Form; level: Schema['Passport']['level']; onChange: (some: Partial<Form>) => void }

/** What stands before the sections: names, who answers, where it is made, documents. */
export function Basics({ form, level, onChange }: BasicsProps) {
  const operator = (some: Partial<Operator>) => onChange({ operator: { ...form.operator, ...some } })
  const facility = (some: Partial<Facility>) => onChange({ facility: { ...form.facility, ...some } })
  const one = (key: keyof Operator, more: object = {}) => (
    <Line at={`operator.${key}`} label={t.fields[key]} value={form.operator[key]} onChange={(v) => operator({ [key]: v })} {...more} />
  )
  return (
    <>
      <Section title={t.what}>
        <div className="stack">
          <TextIn at="name" label={t.name} description={level === 'model' ? t.nameHintModel : t.nameHint} value={form.name} onChange={(name) => onChange({ name })} />
          <TextIn at="description" label={t.description} value={form.description} long onChange={(description) => onChange({ description })} />
          {level === 'item' && <Line at="ofLot" label={t.ofLot} description={t.ofLotHint} value={form.ofLot} maxLength={20} onChange={(ofLot) => onChange({ ofLot })} />}
        </div>
      </Section>
      <Section title={t.operator}>
        <div className="stack">
          <p className="dim measure">{t.operatorHint}</p>
          <div className={css.pair}>
            {one('name', { maxLength: 200 })}
            {one('address', { description: t.hints.address, maxLength: 400 })}
            {one('country', { description: t.hints.country, maxLength: 2, style: { maxWidth: 160 } })}
            {one('gln', { description: t.hints.gln, inputMode: 'numeric', maxLength: 13 })}
            {one('eori', { description: t.hints.eori, maxLength: 17, spellCheck: false })}
            {one('email', { type: 'email', maxLength: 254 })}
            {one('phone', { type: 'tel', maxLength: 40 })}
            {one('url', { type: 'url', description: t.hints.url, maxLength: 2000 })}
          </div>
        </div>
      </Section>
      <Section title={t.facility}>
        <div className={css.pair}>
          <Line at="facility.name" label={t.fields.place} value={form.facility.name} maxLength={200} onChange={(name) => facility({ name })} />
          <Line at="facility.gln" label={t.fields.gln} description={t.hints.gln} inputMode="numeric" maxLength={13} value={form.facility.gln} onChange={(gln) => facility({ gln })} />
          <Line
            at="facility.country" label={t.fields.country} description={t.hints.country} maxLength={2} style={{ maxWidth: 160 }}
            value={form.facility.country} onChange={(country) => facility({ country })}
          />
        </div>
      </Section>
      {form.documents.length > 0 && (
        <Section title={words.documents}>
          <ul className={css.attributes}>
            {form.documents.map((f, i) => (
              <FileFields key={f.sha256} at={`documents.${i}`} file={f} onChange={(next) => onChange({ documents: form.documents.with(i, next) })} />
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}

function FileFields({ at, file: f, onChange }: { at: string; file: FileInfo; onChange: (next: FileInfo) => void }) {
  return (
    <li className={`${css.attribute} stack-s`} style={{ paddingBlock: 12 }}>
      <span className="mono">{f.name}</span>
      <div className={css.pair}>
        <TextIn at={`${at}.title`} label={files.title} value={f.title} onChange={(title) => onChange({ ...f, title })} />
        <LanguageSelect value={f.language ?? ''} onChange={(language) => onChange({ ...f, language: language || undefined })} />
        <TierSelect at={`${at}.tier`} value={f.tier ?? 'public'} onChange={(tier) => onChange({ ...f, tier })} />
      </div>
    </li>
  )
}

export function LanguageSelect({ value, onChange }: { value: string; onChange: (next: string) => void }) {
  const known = value === '' || languages.includes(value) ? languages : [value, ...languages]
  return (
    <NativeSelect
      label={files.language}
      value={value}
      onChange={(e) => onChange(e.currentTarget.value)}
      data={[{ value: '', label: files.languageNone }, ...known.map((l) => ({ value: l, label: languageName(l) }))]}
    />
  )
}
