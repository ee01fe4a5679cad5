import { expect, test } from 'vitest'
import { difference } from './difference'

const link = (id: string, more = {}) => ({ id, linktype: 'gs1:pip', href: 'https://a.example', title: id, ...more })
const entry = (...links: ReturnType<typeof link>[]) => ({ anchor: '/01/09506000134352', itemDescription: 'x', links })

test('a change is told by its links', () => {
  expect(difference({ after: entry(link('a')) })).toBe('')
  expect(difference({ before: entry(link('a')), after: entry(link('a'), link('b')) })).toBe('added b')
  expect(difference({ before: entry(link('a'), link('b')), after: entry(link('b')) })).toBe('removed a')
  expect(difference({ before: entry(link('a')), after: entry(link('a', { when: { fact: 'seal', is: 'opened' } })) })).toBe('changed a')
  expect(difference({ before: entry(link('a')), after: entry(link('a', { health: { ok: true } })) })).toBe('no difference in its links')
})
