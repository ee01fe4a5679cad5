import { expect, test } from 'vitest'
import { exception, jobFrom, mediaOf } from './epcis'

test('a document is JSON or XML by its name', () => {
  expect(mediaOf('a.json')).toBe('application/json')
  expect(mediaOf('a.JSONLD')).toBe('application/json')
  expect(mediaOf('b.xml')).toBe('application/xml')
  expect(mediaOf('b.xml.zip')).toBeUndefined()
  expect(mediaOf('json')).toBeUndefined()
})

test('counts are taken from under their prefix, and are zero without', () => {
  const job = jobFrom({ captureID: 'cap_1', running: false, success: true, 'tagline:counts': { events: 3, stored: 2, repeated: 1, refused: 0 } })
  expect(job.counts.stored).toBe(2)
  expect(job).not.toHaveProperty('tagline:counts')
  expect(jobFrom({ captureID: 'cap_2' }).counts.refused).toBe(0)
})

test('a problem of EPCIS says what is wrong', () => {
  expect(exception(400, { title: 'The request is not valid', detail: 'line 3: no' }).message).toBe('line 3: no')
  expect(exception(502, {}).title).toContain('502')
})
