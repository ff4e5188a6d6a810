import { describe, expect, it } from 'vitest'
import type { Interval, Series } from '../../../oct/results.ts'
import { barHeights, barPath, barStates, barVerdict, frameAt, stretchesOf, ticks } from './strip-model.ts'

const cut = (frame: number): Interval => ({ frame, from: 0, to: 9, kind: 'cut-upper' })
const series: Series[] = [{ id: 'S', unit: 'dB', values: [30, null, 28] }]

describe('barStates', () => {
  it('is open without a result, and where there is no verdict', () => {
    expect(barStates(2, null)).toEqual(['open', 'open'])
    expect(barStates(1, { verdict: 'unknown', intervals: [cut(0)], series: [] })).toEqual(['open'])
  })
  it('marks B-scans with a fault, and leaves open what was not measured', () => {
    expect(barStates(3, { verdict: 'unusable', intervals: [cut(2)], series })).toEqual(['clear', 'open', 'fault'])
  })
  it('takes a result without series for the whole scan', () => {
    expect(barStates(2, { verdict: 'ambiguous', intervals: [cut(0)], series: [] })).toEqual(['fault', 'clear'])
  })
  it('shows what is marked in a usable scan as no fault', () => {
    expect(barStates(2, { verdict: 'usable', intervals: [cut(1)], series: [] })).toEqual(['clear', 'noted'])
  })
})

describe('barVerdict', () => {
  it.each([
    ['fault', 'unusable', 'unusable'],
    ['fault', 'ambiguous', 'ambiguous'],
    ['clear', 'unusable', 'usable'],
    ['noted', 'usable', 'unknown'],
    ['open', 'unusable', 'unknown'],
  ] as const)('%s in a scan that is %s is drawn as %s', (state, verdict, drawn) => expect(barVerdict(state, verdict)).toBe(drawn))
})

describe('bars', () => {
  it('are as high as the quality, never too low to hit, half where unknown', () => {
    expect(barHeights([40, 20, 1, null])).toEqual([1, 0.5, 0.2, 0.5])
    expect(barHeights([null, null])).toEqual([0.5, 0.5])
  })
  it('are drawn by state', () => {
    expect(barPath([1, 0.5], ['clear', 'fault'], 'fault')).toBe('M1.1 1h0.8V0.5h-0.8z')
  })
  it('join neighbours', () => {
    expect(stretchesOf(['fault', 'fault', 'clear', 'fault'], 'fault')).toEqual([
      [0, 1],
      [3, 3],
    ])
  })
})

describe('ticks', () => {
  it.each([
    [25, 900, [1, 2]],
    [61, 900, [1, 5]],
    [400, 900, [1, 20]],
    [400, 300, [1, 50]],
  ])('%d B-scans in %d px begin with the first, then a round number', (count, width, begin) => {
    const found = ticks(count, width)
    expect(found.slice(0, 2)).toEqual(begin)
    expect(found.length * 30).toBeLessThanOrEqual(width)
    expect(Math.max(...found)).toBeLessThanOrEqual(count)
  })
  it('numbers each of a few', () => expect(ticks(6, 600)).toEqual([1, 2, 3, 4, 5, 6]))
})

describe('frameAt', () => {
  it.each([
    [0, 0],
    [0.5, 30],
    [1, 60],
    [-3, 0],
    [9, 60],
  ])('%d of the strip is B-scan %d', (part, index) => expect(frameAt(part, 61)).toBe(index))
})
