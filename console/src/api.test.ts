import { describe, expect, it } from 'vitest'
import { answer, asCurl, fieldErrors, Problem, problemFrom } from './api'

const answered = (status: number, error?: unknown) => Promise.resolve({ error, response: new Response(null, { status }) })

describe('an answer', () => {
  it('throws what the server says is wrong, with the way out', async () => {
    const body = { code: 'conflict', title: 'Conflict', detail: 'The counter did not grow', hint: 'Compare both taps.', trace: 'req_1' }
    await expect(answer(answered(409, body))).rejects.toMatchObject({ status: 409, code: 'conflict', hint: 'Compare both taps.', trace: 'req_1' })
  })
  it('survives an error that is no problem document', async () => {
    await expect(answer(answered(502, '<html>'))).rejects.toMatchObject({ status: 502, code: 'internal', errors: [] })
  })
  it('says when the server is out of reach', async () => {
    await expect(answer(Promise.reject(new TypeError('fetch failed')))).rejects.toMatchObject({ status: 0, passing: true })
  })
  it('lets a request that was called off be called off', async () => {
    await expect(answer(Promise.reject(new DOMException('', 'AbortError')))).rejects.toBeInstanceOf(DOMException)
  })
})

it('finds the fields of a form in a problem', () => {
  const problem = problemFrom(400, { errors: [{ location: 'body.keys.meta', message: 'has 31 digits' }, { location: 'query.limit', message: 'no' }] })
  expect(fieldErrors(problem)).toEqual({ 'keys.meta': 'has 31 digits', 'query.limit': 'no' })
  expect(fieldErrors(new Error('x'))).toEqual({})
})

it('tells what may pass from what will not', () => {
  const of = (status: number) => new Problem(status, '', '', '').passing
  expect([0, 429, 503, 400, 403, 404, 409, 500].map(of)).toEqual([true, true, true, false, false, false, false, false])
})

it('writes a request for a terminal, without a secret', () => {
  expect(asCurl('/taps', { result: 'refused', code: undefined, type: ['a', 'b'] })).toMatch(
    /^curl -H "Authorization: Bearer \$TAGLINE_KEY" '.*\/api\/v1\/taps\?result=refused&type=a&type=b'$/,
  )
})
