export function KeySets() {
  return null
}
