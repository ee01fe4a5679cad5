import { base, Problem, problemFrom, type Schema } from '../../api'
import type { Params } from './draft'

/** The API's limits: documents of a passport, and bytes of one. */
export const maxFiles = 20
export const maxBytes = 5 * 1024 * 1024

/** "412 kB", "1.2 MB"; as people count, in thousands. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** A name that the API takes, near the one the file has. */
export function fileName(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').replace(/[^A-Za-z0-9._-]+/g, '-')
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(plain)?.[0] ?? ''
  const stem = plain.slice(0, plain.length - ending.length).replace(/^[^A-Za-z0-9]+|-+$/g, '')
  return `${(stem || 'document').slice(0, 100 - ending.length)}${ending}`
}

/** A title out of a file's name: "care_and-return.pdf" is "Care and return". */
export function titleOf(name: string): string {
  const words = name.replace(/\.[A-Za-z0-9]{1,8}$/, '').replace(/[_-]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export async function base64(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000))
  return btoa(text)
}

/**
 * Sends a document. Not by the typed client: fetch does not tell how far a body has
 * gone, and five megabytes over a phone's line take a while.
 */
export function upload(params: Params, rev: number, body: Schema['PassportUpload'], onProgress: (share: number) => void): Promise<Schema['Passport']> {
  const search = new URLSearchParams(Object.entries(params.query).filter(([, v]) => v !== undefined) as [string, string][])
  return new Promise((resolve, reject) => {
    const r = new XMLHttpRequest()
    r.open('POST', `${base}/passports/${encodeURIComponent(params.path.gtin)}/documents${search.size ? `?${search}` : ''}`)
    r.responseType = 'text'
    for (const [name, value] of [['Content-Type', 'application/json'], ['X-Requested-With', 'tagline'], ['If-Match', `"${rev}"`]] as const) r.setRequestHeader(name, value)
    r.upload.onprogress = (e) => e.lengthComputable && onProgress(e.loaded / e.total)
    r.onerror = () => reject(new Problem(0, 'unreachable', 'The server cannot be reached', ''))
    r.onload = () => {
      let said: unknown
      try {
        said = JSON.parse(r.responseText)
      } catch {
        said = undefined // an error that is no JSON
      }
      if (r.status >= 200 && r.status < 300) resolve(said as Schema['Passport'])
      else reject(problemFrom(r.status, said))
    }
    r.send(JSON.stringify(body))
  })
}
