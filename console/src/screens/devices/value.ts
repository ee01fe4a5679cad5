import { number } from '../../format'
import { devices as t } from '../../text/devices'

const units: Record<string, string> = { Cel: '°C', '1': '', 'm/s2': 'm/s²', 'dB[mW]': 'dBm' }

/** A unit of UCUM as people write it. */
export const unitOf = (unit?: string): string => (unit ? (units[unit] ?? unit) : '')

/** A value of a twin for people. */
export function shown(value: unknown, unit?: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'boolean') return value ? t.twin.yes : t.twin.no
  if (typeof value === 'number') return `${number(Math.round(value * 100) / 100)} ${unitOf(unit)}`.trim()
  if (typeof value === 'object') {
    const at = value as { lat?: number; lon?: number }
    return at.lat !== undefined && at.lon !== undefined ? `${at.lat.toFixed(3)}°, ${at.lon.toFixed(3)}°` : JSON.stringify(value)
  }
  return String(value)
}
