export function Chips() {
  return null
}
