import type { Schema } from '../../api'
import { number } from '../../format'
import { tapCode, tapStep } from '../../text/codes'
import { phone as t } from '../../text/phone'
import type { StepItem, StepState } from '../../ui/Steps'
import type { Visit } from './visit'

type Input = {
  visit: Visit
  diagnosis?: Schema['Diagnosis']
  tap?: Schema['Tap'] | null
  preview?: Schema['Preview']
}

const step = (key: string, title: string, state: StepState, text?: string): StepItem => ({
  key,
  title,
  state,
  stateWord: t.state[state],
  text,
})

const after = new Set(['counter', 'tamper', 'tag'])

/** The steps of a decision, in the order in which the server takes them. */
export function decisionSteps({ visit, diagnosis, tap, preview }: Input): StepItem[] {
  const items = [step('link', t.steps.link, 'ok', shortened(visit.url))]
  // The diagnosis looks at the link now, when the tap has spent its counter: what it
  // says up to the signature holds, the rest is told by the tap itself.
  const crypto = (diagnosis?.steps ?? []).filter((s) => !after.has(s.step))
  for (const s of crypto) items.push(step(s.step, tapStep(s.step), s.ok ? 'ok' : 'failed', s.text))
  const signed = diagnosis ? crypto.every((s) => s.ok) : tap?.result !== 'refused'
  if (!diagnosis) items.push(step('signature', t.steps.signature, signed ? 'ok' : 'failed', tap?.code && tapCode(tap.code)))
  items.push(counterStep(tap, signed))
  items.push(sealStep(tap, signed))
  if (preview && (tap?.result === 'replayed' || tap?.result === 'refused')) {
    // Nothing of the item is said to a link that is not live.
    items.push(step('say', t.steps.say, 'skipped', t.saidNothing))
  } else if (preview) {
    const names = preview.chosen.map((c) => c.name).join(', ')
    const text = [names ? t.said(names) : t.saidNothing, preview.askAge ? t.askAge : ''].filter(Boolean).join(' ')
    items.push(step('say', t.steps.say, names ? 'ok' : 'skipped', text))
  }
  return items
}

function counterStep(tap: Input['tap'], signed: boolean): StepItem {
  const title = t.steps.counter
  if (!signed || !tap) return step('counter', title, 'skipped', t.counterUnread)
  switch (tap.result) {
    case 'genuine':
      return step('counter', title, 'ok', tap.counter === undefined ? undefined : t.counterOk(number(tap.counter)))
    case 'repeat':
      return step('counter', title, 'ok', t.counterRepeat)
    case 'replayed':
      return step('counter', title, 'failed', t.counterFailed)
    case 'refused':
      return step('counter', tap.step ? tapStep(tap.step) : title, 'failed', tap.code && tapCode(tap.code))
    case 'plain':
      return step('counter', title, 'skipped', t.counterUnread)
  }
}

function sealStep(tap: Input['tap'], signed: boolean): StepItem {
  const believed = signed && (tap?.result === 'genuine' || tap?.result === 'repeat')
  if (!believed) return step('seal', t.steps.seal, 'skipped', t.sealUnread)
  return step('seal', t.steps.seal, 'ok', t.sealSays[tap?.seal ?? 'unknown'])
}

/** The beginning of a link, enough to see what it is. */
export function shortened(url: string): string {
  return url.length > 72 ? `${url.slice(0, 69)}…` : url
}
