export function KeySet() {
  return null
}
