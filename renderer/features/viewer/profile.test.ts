import { describe, expect, it } from 'vitest'
import { ceilingOf, meanOf, profileOf, quadrantsOf } from './profile.ts'

const line = (name: string, rows: (number | null)[]) => ({ name, rows })

describe('thickness along a B-scan', () => {
  it('is ILM to RNFL in µm, with gaps where a line is missing', () => {
    const layers = [line('ILM', [10, 10, null]), line('RNFL', [30, null, 30]), line('BM', [60, 60, 60])]
    expect(profileOf(layers, 0.004)).toEqual({ of: 'RNFL', values: [80, null, null] })
  })
  it('is ILM to BM where there is no RNFL', () => {
    expect(profileOf([line('ILM', [10]), line('BM', [60])], 0.004)).toEqual({ of: 'retina', values: [200] })
  })
  it.each([
    ['no lines', null, 0.004],
    ['one line', [line('ILM', [1])], 0.004],
    ['no scale', [line('ILM', [1]), line('BM', [2])], 0],
    ['nothing measured', [line('ILM', [null]), line('BM', [2])], 0.004],
  ])('is not known with %s', (_, layers, axial) => {
    expect(profileOf(layers, axial)).toBeNull()
  })
  it('has means over ranges, also over the seam', () => {
    expect(meanOf([1, 2, 3, null], 0, 0.5)).toBe(1.5)
    expect(meanOf([1, 2, 3, 5], -0.25, 0.25)).toBe(3)
    expect(meanOf([1, 2, 3, null], 0.75, 1)).toBeNull()
  })
  it('has a quarter around each letter', () => {
    const letters = [
      { at: 0, text: 'T' },
      { at: 0.25, text: 'S' },
      { at: 0.5, text: 'N' },
      { at: 0.75, text: 'I' },
      { at: 1, text: 'T' },
    ]
    const quadrants = quadrantsOf([10, 20, 20, 30, 30, 40, 40, 10], letters)
    expect(quadrants.map(({ text, mean }) => [text, mean])).toEqual([
      ['T', 10],
      ['S', 20],
      ['N', 30],
      ['I', 40],
    ])
    expect(quadrants[0]?.spans).toEqual([
      [0, 0.125],
      [0.875, 1],
    ])
  })
  it.each([
    [[20], 100],
    [[240, null], 300],
    [[null], 100],
  ])('is plotted to a round number (%j)', (values, ceiling) => {
    expect(ceilingOf(values)).toBe(ceiling)
  })
})
