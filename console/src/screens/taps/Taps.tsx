export function Taps() {
  return null
}
