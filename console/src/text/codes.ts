import { catalogue } from './catalogue'

// What the server calls a refusal, a step and an alarm, in words. Its codes are
// stable; one that is not here yet shows as it is, without its underscores.
const named = (names: Record<string, string>, code: string) => names[code] ?? code.replaceAll(/[_-]/g, ' ')

const codes = catalogue({
  template_mismatch: 'Does not fit the template',
  bad_hex: 'Broken characters',
  unknown_keyset: 'Unknown key set',
  retired_keyset: 'Retired key set',
  mode_refused: 'Wrong cipher',
  picc: 'Chip data does not decrypt',
  mac: 'Signature is wrong',
  enc_uncovered: 'File data is not signed',
  exhausted: 'Counter at its limit',
  replay: 'Counter was used before',
  out_of_order: 'Counter is lower than one seen',
  conflict: 'Another visit used this counter',
  unknown_tag: 'Tag is not registered',
  blocked_tag: 'Tag is blocked',
  unknown_item: 'No such thing',
  not_a_tag: 'Not a tag message',
  tt_invalid: 'Seal was never armed',
  tt_unsupported: 'Seal status cannot be believed',
})

export const tapCode = (code: string): string => named(codes, code)

const steps = catalogue({
  keyset: 'Find the key set',
  match: 'Fit the template',
  mode: 'Accept the cipher',
  picc: 'Decrypt the chip data',
  mac: 'Check the signature',
  counter: 'Compare the counter',
  claim: 'Compare the counter',
  tamper: 'Read the seal',
  tag: 'Find the tag',
  item: 'Find the thing',
})

export const tapStep = (step: string): string => named(steps, step)

const alarms = catalogue({
  reclosed: 'Seal closed again',
  'claim-contradicted': 'Sealed after it was called open',
  'opened-before-first-seen': 'Opened before it was seen',
  'opened-before-sold': 'Opened before it was sold',
  'tamper-off': 'Seal was never armed',
  'counter-limit': 'Counter at its limit',
  'tag-blocked': 'A tag of it is blocked',
})

export const alarmWords = (code: string): string => named(alarms, code)
