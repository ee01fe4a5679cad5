import { describe, expect, it } from 'vitest'
import { ruleLine, ruleTree } from './rule'

describe('a rule in words', () => {
  it.each([
    ['none', undefined, 'Always'],
    ['an empty one', {}, 'Always'],
    ['one test', { fact: 'seal', is: 'opened' }, 'the seal is opened'],
    ['a list', { fact: 'market', in: ['GB', 'DE', 'FR'] }, 'the market is GB, DE or FR'],
    ['a range', { fact: 'time', between: ['2026-05-01', '2026-06-01'] }, 'the time is between 2026-05-01 and 2026-06-01'],
    ['yes and no', { fact: 'alcohol', is: true }, 'alcohol is yes'],
    ['all', { all: [{ fact: 'seal', is: 'opened' }, { fact: 'market', is: 'GB' }] }, 'the seal is opened and the market is GB'],
    ['any', { any: [{ fact: 'market', is: 'GB' }, { fact: 'market', is: 'DE' }] }, 'the market is GB, or the market is DE'],
    ['not', { not: { fact: 'market', is: 'US' } }, 'not (the market is US)'],
    ['a test this console does not know', { fact: 'fill', 'falls-by': 3 }, 'fill falls by 3'],
    ['a fact that must be known', { fact: 'market', exists: false }, 'the market is not known'],
  ])('%s', (_, condition, want) => expect(ruleLine(ruleTree(condition))).toBe(want))

  it('keeps the tree for reading', () => {
    const tree = ruleTree({ all: [{ fact: 'seal', is: 'opened' }, { any: [{ fact: 'market', is: 'GB' }, { fact: 'life', is: 'drained' }] }] })
    expect(tree?.children.map((c) => c.text)).toEqual(['the seal is opened', 'At least one of these'])
    expect(tree?.children[1]?.children).toHaveLength(2)
  })
})
