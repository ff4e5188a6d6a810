import { describe, expect, it } from 'vitest'
import { drawnLines, linePath, thickness } from './layer-lines.ts'

describe('linePath', () => {
  it('leaves gaps where nothing is segmented', () => expect(linePath([1, 2.26, null, 4])).toBe('M0.5 1L1.5 2.3M3.5 4'))
  it('is empty for an empty line', () => expect(linePath([null, null])).toBe(''))
})

describe('thickness', () => {
  const layers = [
    { name: 'ILM', rows: [100, null] },
    { name: 'RNFL', rows: [150, 160] },
  ]
  it('is in µm', () => expect(thickness(layers, 'ILM', 'RNFL', 0, 0.00387)).toBeCloseTo(193.5))
  it('is not guessed where a line is missing', () => {
    expect(thickness(layers, 'ILM', 'RNFL', 1, 0.00387)).toBeNull()
    expect(thickness(layers, 'ILM', 'BM', 0, 0.00387)).toBeNull()
  })
})

describe('drawnLines', () => {
  const layers = [
    { name: 'ILM', rows: [1, 2] },
    { name: 'RNFL', rows: [null, null] },
  ]
  it('leaves out a line without any row', () => expect(drawnLines(layers).map((line) => line.name)).toEqual(['ILM']))
  it('makes the paths of a B-scan once', () => expect(drawnLines(layers)).toBe(drawnLines(layers)))
})
