import { describe, expect, it } from 'vitest'
import type { Schema } from '../../api'
import { decisionSteps } from './steps'
import type { Visit } from './visit'

const visit: Visit = { n: 1, kind: 'tap', url: '/t/try/01/09506000134352/21/A1?p=00&e=11&m=22', counter: 5 }
const tap = (over: Partial<Schema['Tap']>): Schema['Tap'] => ({ event: 'evt_1', seq: 1, at: '', result: 'genuine', ...over })
const good: Schema['Diagnosis'] = { verdict: 'genuine', steps: [{ step: 'mac', ok: true, text: 'right' }], findings: [] }
const bad: Schema['Diagnosis'] = { verdict: 'refused', code: 'mac', steps: [{ step: 'mac', ok: false, text: 'wrong' }], findings: [] }

const states = (input: Parameters<typeof decisionSteps>[0]) =>
  Object.fromEntries(decisionSteps(input).map((s) => [s.key.replace(/^\d+ /, ''), s.state]))

describe('the steps of a decision', () => {
  it('all hold for a genuine tap', () => {
    expect(states({ visit, diagnosis: good, tap: tap({ counter: 5, seal: 'sealed' }) })).toEqual({
      link: 'ok', mac: 'ok', counter: 'ok', seal: 'ok',
    })
  })
  it('fail at the counter for a replay, whose signature is right', () => {
    const replayed = tap({ result: 'replayed', code: 'replay', step: 'counter', counter: 4 })
    expect(states({ visit, diagnosis: good, tap: replayed })).toEqual({
      link: 'ok', mac: 'ok', counter: 'failed', seal: 'skipped',
    })
  })
  it('end at the signature for a forgery', () => {
    const refused = tap({ result: 'refused', code: 'mac', step: 'mac' })
    expect(states({ visit, diagnosis: bad, tap: refused })).toEqual({
      link: 'ok', mac: 'failed', counter: 'skipped', seal: 'skipped',
    })
  })
  it('are not misled by a diagnosis that comes after the tap', () => {
    const late: Schema['Diagnosis'] = {
      ...good, verdict: 'refused', steps: [...good.steps, { step: 'counter', ok: false, code: 'replay', text: 'live once' }],
    }
    expect(states({ visit, diagnosis: late, tap: tap({ counter: 5, seal: 'opened' }) })).toEqual({
      link: 'ok', mac: 'ok', counter: 'ok', seal: 'ok',
    })
  })
  it('name what refused a tap whose signature is right', () => {
    const blocked = tap({ result: 'refused', code: 'blocked_tag', step: 'tag' })
    expect(decisionSteps({ visit, diagnosis: good, tap: blocked }).find((s) => s.state === 'failed')?.title).toBe('Find the tag')
  })
  it('tell by the tap alone for those who may not diagnose', () => {
    expect(states({ visit, tap: tap({ result: 'refused', code: 'mac' }) }).signature).toBe('failed')
    expect(states({ visit, tap: tap({}) }).signature).toBe('ok')
  })
  it('say that the age comes first', () => {
    const preview: Schema['Preview'] = { facts: { gtin: '' }, chosen: [], why: [], askAge: true }
    const last = decisionSteps({ visit, diagnosis: good, tap: tap({}), preview }).at(-1)
    expect(last?.text).toMatch(/age is asked first/)
  })
})
