import { TextInput } from '@mantine/core'
import type { Role } from '../../api'
import { team as t } from '../../text/team'

/** For whom a partner acts; nothing for other roles. */
export function Parties({ role, wrong }: { role: Role; wrong: Record<string, string> }) {
  if (role !== 'partner') return null
  const error = Object.entries(wrong).find(([path]) => path.startsWith('parties'))?.[1]
  return <TextInput name="parties" label={t.keys.parties} description={t.keys.partiesHint} autoComplete="off" spellCheck={false} error={error} />
}

/** What was typed there, as a request has it. */
export function partiesOf(role: Role, form: FormData): string[] | undefined {
  const list = String(form.get('parties') ?? '').split(/[\s,;]+/).filter(Boolean)
  return role === 'partner' && list.length > 0 ? list : undefined
}
