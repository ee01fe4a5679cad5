export function Things() {
  return null
}
