import { describe, expect, it } from 'vitest'
import { cross, outline, polyline, thinned } from './outlines.ts'

const course = Array.from({ length: 1_000 }, (_, i) => ({ x: i, y: 2 * i }))

describe('outline', () => {
  it('draws each kind of place', () => {
    expect(outline({ kind: 'line', start: { x: 1, y: 2 }, end: { x: 3, y: 4 } })).toBe('M1 2L3 4')
    expect(outline({ kind: 'ring', start: { x: 0, y: 2 }, centre: { x: 2, y: 2 }, radius: 2 })).toMatch(/^M0 2a2 2 0 1 0 4 0/)
    expect(outline({ kind: 'area', from: { x: 1, y: 1 }, to: { x: 3, y: 4 } })).toBe('M1 1H3V4H1Z')
    expect(outline({ kind: 'unknown' })).toBe('')
  })
  it('draws a long course with fewer points', () => {
    expect(outline({ kind: 'path', points: course }).split('L')).toHaveLength(256)
  })
})

it('keeps both ends of what it thins', () => {
  const few = thinned(course, 10)
  expect(few).toHaveLength(10)
  expect([few[0], few.at(-1)]).toEqual([course[0], course[999]])
  expect(thinned(few, 10)).toBe(few)
})
it('draws a cross and a line of points', () => {
  expect(cross({ x: 1, y: 1 }, 1)).toBe('M0 1H2M1 0V2')
  expect(polyline([])).toBe('')
})
