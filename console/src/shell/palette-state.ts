// The palette's code comes when it is first wanted; the wish is an event.
export const paletteEvent = 'tagline:palette'

export function openPalette(): void {
  dispatchEvent(new Event(paletteEvent))
}
