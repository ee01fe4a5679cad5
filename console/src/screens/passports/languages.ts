// Languages of texts, by BCP 47 tag: first those that the public page speaks, then
// the other official ones of the European Union and of the EEA, then some more.
const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' })

export const languages =
  'en de fr es ja bg cs da el et fi ga hr hu is it lt lv mt nb nl nn pl pt ro sk sl sv ar ko pt-BR tr uk zh zh-Hant'.split(' ')

export function languageName(tag: string): string {
  try {
    return names.of(tag) ?? tag
  } catch {
    return tag // no language at all
  }
}
