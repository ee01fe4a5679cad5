import { catalogue } from './catalogue'

// Why a tap was refused, in words. The server's codes are stable; one that is not
// here yet shows as it is, without its underscores.
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
  replay: 'Counter has not grown',
  out_of_order: 'Older tap came late',
  conflict: 'Another tap used this counter',
  unknown_tag: 'Tag is not registered',
  blocked_tag: 'Tag is blocked',
  unknown_item: 'No such thing',
  not_a_tag: 'Not a tag message',
})

export function tapCode(code: string): string {
  return (codes as Record<string, string>)[code] ?? code.replaceAll('_', ' ')
}

const stepNames = catalogue({
  parse: 'Read the link',
  template: 'Fit the template',
  keyset: 'Find the key set',
  picc: 'Decrypt the chip data',
  mac: 'Check the signature',
  enc: 'Decrypt the file data',
  tamper: 'Read the seal',
  tag: 'Find the tag',
  counter: 'Compare the counter',
  seal: 'Read the seal',
  item: 'Find the thing',
})

export function tapStep(step: string): string {
  return (stepNames as Record<string, string>)[step] ?? step.replaceAll('_', ' ')
}

const alarms = catalogue({
  resealed: 'Seal closed again',
  cloned: 'Tag may be copied',
  clone: 'Tag may be copied',
  refilled: 'May be refilled',
  replayed: 'Old links in use',
  diverted: 'Tapped outside its market',
})

export function alarmWords(code: string): string {
  return (alarms as Record<string, string>)[code] ?? code.replaceAll(/[_-]/g, ' ')
}
