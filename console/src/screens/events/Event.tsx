export function Event() {
  return null
}
