import { expect, test } from 'vitest'
import { shown } from './value'

test('values of a twin are written for people', () => {
  expect(shown(21.456, 'Cel')).toBe('21.46 °C')
  expect(shown(3, '1')).toBe('3')
  expect(shown(true)).toBe('yes')
  expect(shown(false)).toBe('no')
  expect(shown('locked')).toBe('locked')
  expect(shown({ lat: 52.5, lon: 13.4 })).toBe('52.500°, 13.400°')
  expect(shown(undefined)).toBe('')
  expect(shown(0, '%')).toBe('0 %')
})
