import { TextInput, type TextInputProps } from '@mantine/core'
import { useEffect, useState } from 'react'

type TypedProps = Omit<TextInputProps, 'value' | 'onChange'> & { value?: string; onChange: (v: string | undefined) => void }

/** A text of the address: it changes there when the typing pauses. */
export function Typed({ value = '', onChange, ...rest }: TypedProps) {
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  useEffect(() => {
    if (typed.trim() === value) return
    const timer = setTimeout(() => onChange(typed.trim() || undefined), 300)
    return () => clearTimeout(timer)
  }, [typed])
  return <TextInput autoComplete="off" spellCheck={false} {...rest} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} />
}
