import { NativeSelect, Textarea, TextInput, type TextInputProps } from '@mantine/core'
import { createContext, useContext } from 'react'
import { editor as t } from '../../text/passport-editor'
import { passports as words } from '../../text/passports'
import { localized } from '../../format'
import { tiers, type Tier, type Words } from './draft'
import { languageName } from './languages'

/** What every field of the editor knows: the language that is written, and what is wrong where. */
export const Writing = createContext<{ language: string; errors: Record<string, string> }>({ language: 'en', errors: {} })

/** What is wrong at a place or below it, with the language when it is not the one shown. */
export function useWrong(at: string): string | undefined {
  const { language, errors } = useContext(Writing)
  const key = Object.keys(errors).find((k) => k === at || k.startsWith(`${at}.`))
  if (key === undefined) return undefined
  const below = key.slice(at.length + 1)
  const other = below !== '' && below !== language && !/^\d/.test(below)
  return other ? `${languageName(below)}: ${errors[key]}` : errors[key]
}

type TextProps = {
  at: string
  label: string
  description?: string
  value: Words
  onChange: (next: Words) => void
  long?: boolean
  autoFocus?: boolean
  hideLabel?: boolean
}

/** A text in the language that is written; what it says in another one stands in for it, pale. */
export function TextIn({ at, label, description, value, onChange, long, autoFocus, hideLabel }: TextProps) {
  const { language } = useContext(Writing)
  const wrong = useWrong(at)
  const other = localized(value)
  const props = {
    label: hideLabel ? undefined : label,
    'aria-label': hideLabel ? label : undefined,
    description,
    lang: language,
    value: value[language] ?? '',
    error: wrong,
    autoFocus,
    autoComplete: 'off',
    placeholder: value[language] || !other ? undefined : other,
    onChange: (e: { currentTarget: { value: string } }) => onChange({ ...value, [language]: e.currentTarget.value }),
  }
  return long ? <Textarea {...props} autosize minRows={2} maxRows={12} maxLength={4000} /> : <TextInput {...props} maxLength={200} />
}

type LineProps = Omit<TextInputProps, 'value' | 'onChange'> & { at: string; value: string; onChange: (next: string) => void }

/** One line without a language: a number, an address, a code. */
export function Line({ at, onChange, ...props }: LineProps) {
  const wrong = useWrong(at)
  return <TextInput autoComplete="off" {...props} error={wrong} onChange={(e) => onChange(e.currentTarget.value)} />
}

type TierProps = { at: string; value: Tier; onChange: (next: Tier) => void }

export function TierSelect({ at, value, onChange }: TierProps) {
  const wrong = useWrong(at)
  return (
    <NativeSelect
      label={words.tier}
      description={t.tierHints[value]}
      value={value}
      error={wrong}
      onChange={(e) => onChange(e.currentTarget.value as Tier)}
      data={tiers.map((tier) => ({ value: tier, label: words.tiers[tier] }))}
    />
  )
}
