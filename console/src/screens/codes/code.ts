// What the address of the screen says, as the requests that it stands for. Pure, so
// that what is printed can be tested.
import type { Schema } from '../../api'
import type { CodesSearch } from '../../search'

/** GS1's sizes of a module at the point of sale, in millimetres. */
export const retail = { minimum: 0.396, target: 0.495 }
export const levels = ['L', 'M', 'Q', 'H'] as const
export const resolutions = [203, 300, 600, 1200] as const

type Symbology = Schema['Label']['symbology']

/** Whether a symbol carries a Digital Link; the others carry an element string. */
export const carriesLink = (s: Symbology): boolean => s === 'qr' || s === 'datamatrix'
export const isQr = (s: Symbology): boolean => s === 'qr' || s === 'gs1-qr'

/** The least empty frame, in modules. */
export const leastQuiet = (s: Symbology): number => (isQr(s) ? 4 : 1)

/** The symbol of a shape that holds a link or an element string. */
export function symbology(shape: 'qr' | 'datamatrix', holds: 'link' | 'elements'): Symbology {
  if (holds === 'link') return shape
  return shape === 'qr' ? 'gs1-qr' : 'gs1-datamatrix'
}

/** "2027-12-31" as an element: (17)271231; nothing when it is no date. */
export function expiryElement(date?: string): string {
  const found = /^\d\d(\d\d)-(\d\d)-(\d\d)$/.exec(date ?? '')
  return found ? `(17)${found[1]}${found[2]}${found[3]}` : ''
}

type What = Pick<CodesSearch, 'gtin' | 'lot' | 'serial' | 'expiry'>

/** The element string of what was chosen. A bracket within a value is escaped. */
export function elementString({ gtin, lot, serial, expiry }: What): string {
  const element = (ai: string, value?: string) => (value ? `(${ai})${value.replaceAll('(', '\\(')}` : '')
  return element('01', gtin) + element('10', lot) + element('21', serial) + expiryElement(expiry)
}

/** How a code looks, for /label and its files; what stands at its default is left out. */
export function lookQuery(s: CodesSearch) {
  const kind = s.symbology ?? 'qr'
  return {
    symbology: kind,
    stem: s.stem,
    xDimension: numberOf(s.x) ?? retail.target,
    dpi: s.dpi,
    quietZone: numberOf(s.quiet),
    hri: s.hri ?? true,
    text: s.text,
    level: isQr(kind) ? s.level : undefined,
    compact: kind === 'qr' ? s.compact : undefined,
  }
}

/** The sheet of a batch. */
export function sheetQuery(s: CodesSearch) {
  const page = s.page ?? 'a4'
  return {
    page,
    margin: numberOf(s.margin) ?? (page === 'roll' ? 1 : 10),
    gap: page === 'roll' ? undefined : (numberOf(s.gap) ?? 2),
    cellWidth: numberOf(s.cellWidth),
    cellHeight: numberOf(s.cellHeight),
    cropMarks: s.crop,
  }
}

/** Which things a batch's files are of: those that were made, or a lot; undefined when that is open. */
export function whichQuery(s: CodesSearch): { batch?: string; gtin?: string; lot?: string } | undefined {
  if (s.batch) return { batch: s.batch }
  return s.gtin && s.lot ? { gtin: s.gtin, lot: s.lot } : undefined
}

function numberOf(text?: string): number | undefined {
  const n = Number(text)
  return text && Number.isFinite(n) ? n : undefined
}

/** How an X-dimension stands to what shops want. */
export function sizeVerdict(x: number): 'small' | 'fair' | 'target' {
  if (x < retail.minimum - 1e-9) return 'small'
  return x < retail.target - 0.0005 ? 'fair' : 'target'
}

/** A payload in which the separator can be seen. */
export const visible = (payload: string): string => payload.replaceAll('\u001d', '␝')
