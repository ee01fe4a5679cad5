export function NewKeySet() {
  return null
}
