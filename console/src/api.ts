// The one way to the server: typed by the OpenAPI document, errors as Problems.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import createClient, { type ClientPathsWithMethod } from 'openapi-fetch'
import type { components, paths } from './api.gen'

/** Where the API lives; paths below are relative to it. */
export const base = '/api/v1'

export const client = createClient<paths>({
  baseUrl: `${location.origin}${base}`,
  credentials: 'same-origin',
  headers: { 'X-Requested-With': 'tagline' },
})

export type Schema = components['schemas']
export type Seal = Schema['Thing']['seal']
export type Life = Schema['Thing']['life']
export type Result = Schema['Tap']['result']
export type Role = Schema['Member']['role']

export type FieldError = { location: string; message: string }

/** Problem is an answer of RFC 9457, or a connection that failed (status 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly hint = '',
    readonly errors: FieldError[] = [],
    readonly trace = '',
  ) {
    super(detail || title)
  }

  /** Whether the same request may work later without any change. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status === 503
  }
}

export function problemFrom(status: number, body: unknown): Problem {
  const b = (body && typeof body === 'object' ? body : {}) as Partial<Schema['Problem']>
  const title = b.title ?? `The server answered ${status}`
  return new Problem(status, b.code ?? 'internal', title, b.detail ?? '', b.hint, b.errors ?? [], b.trace)
}

type Answer<T> = { data?: T; error?: unknown; response: Response }

/** The data of an answer, or a thrown Problem. */
export async function answer<T>(pending: Promise<Answer<T>>): Promise<T> {
  let a: Answer<T>
  try {
    a = await pending
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new Problem(0, 'unreachable', 'The server cannot be reached', '')
  }
  if (!a.response.ok) throw problemFrom(a.response.status, a.error)
  return a.data as T
}

/** Problems by field of a form: "body.keys.meta" is the field "keys.meta". */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof Problem)) return {}
  return Object.fromEntries(error.errors.map((e) => [e.location.replace(/^(body\.)+/, ''), e.message]))
}

type Client = typeof client
type GetPath = ClientPathsWithMethod<Client, 'get'>
type Parameters_<P extends GetPath> = paths[P] extends { get: { parameters: infer X } } ? X : never
type Paging = { limit?: number; cursor?: string }
type Query<P extends GetPath> = (Parameters_<P> extends { query?: infer Q } ? ([Q] extends [undefined] ? unknown : Q) : unknown) & Paging
type PathOf<P extends GetPath> = Parameters_<P> extends { path: infer X } ? X : undefined
type Json<P extends GetPath> = paths[P] extends { get: { responses: { 200: { content: { 'application/json': infer J } } } } }
  ? J
  : never
type Params<P extends GetPath> = { query?: Query<P> } & (PathOf<P> extends undefined
  ? { path?: undefined }
  : { path: PathOf<P> })

const fetchJson = <P extends GetPath>(path: P, params: object, signal?: AbortSignal) =>
  answer(client.GET(path, { params, signal } as never) as Promise<Answer<Json<P>>>)

/** One resource. The key is [operation, params], so a topic invalidates by path. */
export const load = <P extends GetPath>(path: P, params: Params<P> = {} as Params<P>) =>
  queryOptions({
    queryKey: [path, params] as const,
    queryFn: ({ signal }) => fetchJson(path, params, signal),
  })

type Page = { items: unknown[]; next?: string }

/** A list, page after page by its opaque cursor. */
export const list = <P extends GetPath>(path: P, query: Query<P> = {} as Query<P>, more: Partial<Params<P>> = {}) =>
  infiniteQueryOptions({
    queryKey: [path, { ...more, query }, 'pages'] as const,
    queryFn: ({ signal, pageParam }) =>
      fetchJson(path, { ...more, query: { ...(query as object), cursor: pageParam || undefined } }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => (last as Page).next || undefined,
  })

/** A request as somebody would type it, with a placeholder for the key. */
export function asCurl(path: string, query: Record<string, unknown> = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== '') search.append(name, String(one))
    }
  }
  const url = `${location.origin}${base}${path}${search.size ? `?${search}` : ''}`
  return `curl -H "Authorization: Bearer $TAGLINE_KEY" '${url}'`
}
