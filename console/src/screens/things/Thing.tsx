export function Thing() {
  return null
}
