import { describe, expect, it } from 'vitest'
import { boundaryNames, boundaryOf, chosenBetween, nameOfBetween, thicknesses, usualBetween } from './boundaries.ts'
import { scanOf, volumeAt } from './scan.fixture.ts'

describe('boundaries of a scan', () => {
  const { frames } = scanOf('volume', volumeAt({ x: 4, y: 4 }, 0, 4))
  it('lie from the vitreous to the choroid, those of a few B-scans left out', () => {
    const some = frames.map((frame, i) => ({ ...frame, layers: i === 0 ? ['BM', 'GCL', 'ILM'] : ['BM', 'X', 'RNFL', 'ILM'] }))
    expect(boundaryNames(some)).toEqual(['ILM', 'RNFL', 'BM', 'X'])
  })
  it.each([
    [['ILM', 'RNFL', 'BM'], true, { upper: 'ILM', lower: 'RNFL' }],
    [['ILM', 'RNFL', 'BM'], false, { upper: 'ILM', lower: 'BM' }],
    [['ILM', 'RNFL'], false, { upper: 'ILM', lower: 'RNFL' }],
    [['GCL', 'INL', 'OPL'], false, { upper: 'GCL', lower: 'OPL' }],
    [['ILM'], true, null],
    [[], false, null],
  ])('%j, on a ring: %s', (names, ring, pair) => expect(usualBetween(names, ring)).toEqual(pair))
  it('stay in order when one end is chosen', () => {
    const names = ['ILM', 'RNFL', 'GCL', 'BM']
    expect(chosenBetween(names, { upper: 'ILM', lower: 'RNFL' }, 'upper', 'GCL')).toEqual({ upper: 'GCL', lower: 'BM' })
    expect(chosenBetween(names, { upper: 'GCL', lower: 'BM' }, 'lower', 'RNFL')).toEqual({ upper: 'ILM', lower: 'RNFL' })
    expect(chosenBetween(names, { upper: 'ILM', lower: 'RNFL' }, 'lower', 'BM')).toEqual({ upper: 'ILM', lower: 'BM' })
  })
  it('name what lies between them where it has a name', () => {
    expect(nameOfBetween({ upper: 'ILM', lower: 'BM' })).toBe('retina')
    expect(nameOfBetween({ upper: 'ILM', lower: 'RNFL' })).toBe('RNFL')
    expect(nameOfBetween({ upper: 'RNFL', lower: 'BM' })).toBeNull()
  })
})

describe('rows of all B-scans', () => {
  it('are cut B-scan by B-scan, also where these differ in width', () => {
    expect(boundaryOf(Float32Array.of(1, 2, 3, 4, 5), [2, 3])?.map((rows) => [...rows])).toEqual([
      [1, 2],
      [3, 4, 5],
    ])
    expect(boundaryOf(Float32Array.of(1, 2, 3), [2, 2])).toBeNull()
  })
  it('give a thickness in µm, nothing where one is missing, 0 where they cross', () => {
    const upper = [Float32Array.of(10, 10, Number.NaN, 30)]
    const lower = [Float32Array.of(60, Number.NaN, 60, 20)]
    expect(thicknesses(upper, lower, 0.004).map((values) => [...values])).toEqual([[200, Number.NaN, Number.NaN, 0]])
    expect([...(thicknesses(upper, lower, 0)[0] ?? [])]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN])
  })
})
