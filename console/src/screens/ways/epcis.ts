// The surface of EPCIS, which is not part of the API's own document.
import { Problem } from '../../api'

const base = '/epcis/v2'

export type Job = {
  captureID: string
  createdAt: string
  finishedAt?: string
  running: boolean
  success: boolean
  counts: { events: number; stored: number; repeated: number; refused: number }
  errors?: { detail: string; pointer?: string; line?: number; eventID?: string }[]
}

/** The media type of a document by the name of its file. */
export function mediaOf(name: string): string | undefined {
  if (/\.json(ld)?$/i.test(name)) return 'application/json'
  if (/\.xml$/i.test(name)) return 'application/xml'
  return undefined
}

/** A job as it is answered: our counts stand under a name with a prefix. */
export function jobFrom(raw: Record<string, unknown>): Job {
  const { 'tagline:counts': counts, ...rest } = raw
  return { ...(rest as Omit<Job, 'counts'>), counts: (counts as Job['counts']) ?? { events: 0, stored: 0, repeated: 0, refused: 0 } }
}

/** A problem of EPCIS as the console shows problems. */
export function exception(status: number, body: { title?: string; detail?: string }): Problem {
  return new Problem(status, 'epcis', body.title ?? `The server answered ${status}`, body.detail ?? '')
}

async function call(path: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(base + path, { credentials: 'same-origin', ...init, headers: { 'X-Requested-With': 'tagline', ...init.headers } })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new Problem(0, 'unreachable', 'The server cannot be reached', '')
  }
  if (!response.ok) throw exception(response.status, (await response.json().catch(() => ({}))) as { title?: string; detail?: string })
  return response
}

/** The newest captures. */
export async function jobs(signal?: AbortSignal): Promise<Job[]> {
  const response = await call('/capture?perPage=100', { signal })
  return ((await response.json()) as Record<string, unknown>[]).map(jobFrom)
}

export async function job(id: string, signal?: AbortSignal): Promise<Job> {
  const response = await call(`/capture/${encodeURIComponent(id)}`, { signal })
  return jobFrom((await response.json()) as Record<string, unknown>)
}

/** Sends a document; the answer is its job, which may still run. */
export async function capture(file: Blob, media: string, proceed: boolean): Promise<Job> {
  const response = await call('/capture', {
    method: 'POST',
    body: file,
    headers: { 'Content-Type': media, 'GS1-Capture-Error-Behaviour': proceed ? 'proceed' : 'rollback' },
  })
  return job(response.headers.get('Location')?.split('/').pop() ?? '')
}

export type NamedQuery = { name: string; query: unknown }

/** The named queries. */
export async function queries(signal?: AbortSignal): Promise<NamedQuery[]> {
  const response = await call('/queries?perPage=500', { signal })
  return (await response.json()) as NamedQuery[]
}

export type Subscription = { subscriptionID: string; dest?: string; schedule?: unknown; stream?: boolean; createdAt?: string; 'tagline:state'?: string; 'tagline:reason'?: string }

/** The subscriptions of a named query. */
export async function subscriptions(name: string, signal?: AbortSignal): Promise<Subscription[]> {
  const response = await call(`/queries/${encodeURIComponent(name)}/subscriptions`, { signal })
  return (await response.json()) as Subscription[]
}

export async function removeQuery(name: string): Promise<void> {
  await call(`/queries/${encodeURIComponent(name)}`, { method: 'DELETE' })
}

export async function removeSubscription(name: string, id: string): Promise<void> {
  await call(`/queries/${encodeURIComponent(name)}/subscriptions/${encodeURIComponent(id)}`, { method: 'DELETE' })
}
