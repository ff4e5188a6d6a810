import { describe, expect, it } from 'vitest'
import type { FrameView } from '../examination.ts'
import { experimental, qualityIndex, transitionIndex } from './experimental.ts'
import { bscan, examination, hostile } from './phantom.ts'

function found(views: FrameView[]) {
  const detector = experimental(examination())
  for (const view of views) detector.frame?.(view)
  return detector.end()
}

/** Counts of greys, by grey. */
function histogram(counts: Record<number, number>): [Uint32Array, number] {
  const greys = new Uint32Array(256)
  for (const [grey, count] of Object.entries(counts)) greys[Number(grey)] = count
  return [greys, greys.reduce((sum, each) => sum + each, 0)]
}

describe('QI', () => {
  it('is the formula of its paper', () => {
    // low 10, noise 20, saturation 200, middle 110: (190 / 10) * 100 * (20 + 2) / (60 + 3)
    const [greys, count] = histogram({ 10: 15, 20: 60, 60: 3, 150: 20, 200: 2 })
    expect(qualityIndex(greys, count)).toBeCloseTo((1900 * 22) / 63, 6)
  })

  it('is not defined where the darkest is black or all is alike', () => {
    expect(qualityIndex(...histogram({ 0: 5, 100: 95 }))).toBeNull()
    expect(qualityIndex(...histogram({ 100: 100 }))).toBeNull()
    expect(qualityIndex(...histogram({}))).toBeNull()
  })
})

describe('mTCI', () => {
  it('is the formula of its paper', () => {
    // N1 = 20 (mode), reached by 45 of 100; at .45 tissue begins at the 99.9 % point: 1. At .9 it begins where half is reached.
    const [greys, count] = histogram({ 10: 5, 20: 40, 40: 20, 120: 34, 220: 1 })
    expect(transitionIndex(greys, count, 0.45)).toBe(1)
    expect(transitionIndex(greys, count, 0.9)).toBeCloseTo((220 - 20) / (40 - 20), 6)
  })

  it('is not defined where the mode is black or nothing is brighter', () => {
    expect(transitionIndex(...histogram({ 0: 60, 100: 40 }), 0.45)).toBeNull()
    expect(transitionIndex(...histogram({ 100: 100 }), 0.45)).toBeNull()
    expect(transitionIndex(...histogram({}), 0.45)).toBeNull()
  })
})

it('both are shown as experimental and decide nothing', () => {
  for (const each of found([bscan()]).criteria) {
    expect(each).toMatchObject({ status: 'unknown', experimental: true, threshold: '', reason: /^Experimental: / })
    expect(each.value).not.toBeNull()
  }
})

it('exact zeros do not count, whatever their share', () => {
  const view = bscan({ noise: 0.01 })
  const zeros = { ...view, roots: view.roots.map((value, i) => (i % 3 === 0 ? 0 : value)) }
  const values = (each: FrameView) => found([each]).criteria.map(({ value }) => value ?? 0)
  const [plain, sparse] = [values(view), values(zeros)]
  expect(sparse[0]).toBeGreaterThan(0)
  for (const [i, value] of plain.entries()) expect(Math.abs(value - (sparse[i] ?? 0)) / value).toBeLessThan(0.25)
})

it('stumbles over nothing', () => {
  for (const view of hostile()) for (const { value } of found([view]).criteria) expect(value === null || Number.isFinite(value)).toBe(true)
  expect(found([]).criteria.map(({ value }) => value)).toEqual([null, null])
})
