import { Button, NativeSelect, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { ui } from '../text/ui'
import css from './Filters.module.css'

export type FilterField =
  | { kind: 'text'; key: string; label: string; wide?: boolean }
  | { kind: 'choice'; key: string; label: string; options: { value: string; label: string }[] }

type Values = Record<string, string | boolean | undefined>

type FiltersProps<V extends object> = {
  fields: FilterField[]
  value: V
  onChange: (next: Partial<V>) => void
}

/** The address bar as a form: what is chosen here stands in the URL. */
export function Filters<V extends object>({ fields, value, onChange }: FiltersProps<V>) {
  const values = value as Values
  const set = (key: string, v: string | undefined) => onChange({ [key]: v || undefined } as Partial<V>)
  const used = fields.filter((f) => values[f.key] !== undefined && values[f.key] !== '')
  return (
    <form className={css.filters} role="search" onSubmit={(e) => e.preventDefault()}>
      {fields.map((f) =>
        f.kind === 'text' ? (
          <SearchText key={f.key} field={f} value={String(values[f.key] ?? '')} onChange={(v) => set(f.key, v)} />
        ) : (
          <NativeSelect
            key={f.key}
            label={f.label}
            size="sm"
            value={String(values[f.key] ?? '')}
            onChange={(e) => set(f.key, e.currentTarget.value)}
            data={[{ value: '', label: ui.any }, ...f.options]}
          />
        ),
      )}
      {used.length > 0 && (
        <Button
          variant="subtle"
          size="sm"
          onClick={() => onChange(Object.fromEntries(used.map((f) => [f.key, undefined])) as Partial<V>)}
        >
          {ui.clearFilters}
        </Button>
      )}
    </form>
  )
}

/** Waits for a pause in typing before the address changes. */
function SearchText({ field, value, onChange }: { field: FilterField; value: string; onChange: (v: string) => void }) {
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => onChange(typed.trim()), 250)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <TextInput
      className={css.text}
      label={field.label}
      type="search"
      size="sm"
      value={typed}
      onChange={(e) => setTyped(e.currentTarget.value)}
      leftSection={<IconSearch size={15} aria-hidden />}
    />
  )
}
