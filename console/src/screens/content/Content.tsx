export function Content() {
  return null
}
