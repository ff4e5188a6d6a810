import { describe, expect, it } from 'vitest'
import { formatBytes, formatCount } from './format.ts'

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [2_200_000, '2.2 MB'],
    [99_960_000, '100 MB'],
    [999_700_000, '1.0 GB'],
    [438_000_000, '438 MB'],
  ])('%i is %s', (bytes, text) => {
    expect(formatBytes(bytes, 'en')).toBe(text)
  })
  it('follows the language', () => {
    expect(formatBytes(2_200_000, 'de')).toBe('2,2 MB')
    expect(formatCount(10_000, 'de')).toBe('10.000')
  })
})
