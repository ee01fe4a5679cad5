/**
 * The step of a five-step ramp for a value, 1 to 5, on a square-root scale so that
 * one big market does not flatten the rest; 0 for nothing.
 */
export function rampStep(value: number, max: number): 0 | 1 | 2 | 3 | 4 | 5 {
  if (value <= 0 || max <= 0) return 0
  return Math.min(5, Math.max(1, Math.ceil(Math.sqrt(value / max) * 5))) as 1 | 2 | 3 | 4 | 5
}
