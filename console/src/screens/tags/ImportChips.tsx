export function ImportChips() {
  return null
}
