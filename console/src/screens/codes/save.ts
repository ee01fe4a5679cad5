// A file that the server makes, saved under the name that the server gives it. By a
// plain link a refusal would be saved as a file; here it is told.
import { base, Problem, problemFrom } from '../../api'

export type Query = Record<string, string | number | boolean | undefined>

export function search(query: Query): string {
  const out = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') out.set(name, String(value))
  }
  return out.toString()
}

export async function save(path: string, query: Query): Promise<void> {
  let answer: Response
  try {
    answer = await fetch(`${base}${path}?${search(query)}`, { credentials: 'same-origin', headers: { 'X-Requested-With': 'tagline' } })
  } catch {
    throw new Problem(0, 'unreachable', 'The server cannot be reached', '')
  }
  if (!answer.ok) throw problemFrom(answer.status, await answer.json().catch(() => null))
  const name = /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1] ?? path.slice(1)
  const url = URL.createObjectURL(await answer.blob())
  const a = document.createElement('a')
  a.href = url
  a.download = name
  a.click()
  URL.revokeObjectURL(url)
}
