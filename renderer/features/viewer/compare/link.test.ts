import { describe, expect, it } from 'vitest'
import { plainView } from '../bscan-view.ts'
import { isMirrored, linkedAScan, linkedIndex, linkedView } from './link.ts'
import { levelLines, ring, scanWith, uprightLines } from './scans.fixture.ts'

describe('linked B-scans', () => {
  it('have the same number where the same eye has as many', () => {
    const scan = scanWith('OD', levelLines(1, 2, 3))
    expect([0, 1, 2].map((i) => linkedIndex(scan, scan, i))).toEqual([0, 1, 2])
  })
  it('lie at the same distance from the middle of the field where there are more or fewer', () => {
    const coarse = scanWith('OD', levelLines(1, 2, 3))
    const fine = scanWith('OD', levelLines(4, 4.5, 5, 5.5, 6))
    expect([0, 1, 2].map((i) => linkedIndex(coarse, fine, i))).toEqual([0, 2, 4])
    expect([0, 1, 2, 3, 4].map((i) => linkedIndex(fine, coarse, i))).toEqual([0, 0, 1, 1, 2])
  })
  it('are not stretched: a smaller field ends sooner', () => {
    const wide = scanWith('OD', levelLines(0, 1, 2, 3, 4))
    const narrow = scanWith('OD', levelLines(1.5, 2, 2.5))
    expect([0, 1, 2, 3, 4].map((i) => linkedIndex(wide, narrow, i))).toEqual([0, 0, 1, 2, 2])
  })
  it('keep the height and change the side between the eyes', () => {
    expect(linkedIndex(scanWith('OD', levelLines(1, 2, 3)), scanWith('OS', levelLines(1, 2, 3)), 0)).toBe(0)
    expect(linkedIndex(scanWith('OD', uprightLines(1, 2, 3)), scanWith('OS', uprightLines(1, 2, 3)), 0)).toBe(2)
  })
  it('go by the part of the way where no place is known', () => {
    const unknown = (count: number) => scanWith('OD', new Array(count).fill({ kind: 'unknown' }))
    expect([0, 2, 4].map((i) => linkedIndex(unknown(5), unknown(9), i))).toEqual([0, 4, 8])
    expect(linkedIndex(unknown(1), unknown(9), 0)).toBe(4)
    expect(linkedIndex(unknown(9), unknown(1), 8)).toBe(0)
  })
})

describe('mirrored', () => {
  it('are level lines of the two eyes', () => {
    expect(isMirrored(scanWith('OD', levelLines(1)), 0, scanWith('OS', levelLines(1)), 0)).toBe(true)
    expect(isMirrored(scanWith('OD', levelLines(1)), 0, scanWith('OD', levelLines(1)), 0)).toBe(false)
  })
  it('are no rings, no upright lines, and no eye that is not known', () => {
    const osRing = { ...ring, start: { x: 6, y: 4 } }
    expect(isMirrored(scanWith('OD', [ring]), 0, scanWith('OS', [osRing]), 0)).toBe(false)
    expect(isMirrored(scanWith('OD', uprightLines(1)), 0, scanWith('OS', uprightLines(1)), 0)).toBe(false)
    expect(isMirrored(scanWith('unknown', levelLines(1)), 0, scanWith('OS', levelLines(1)), 0)).toBe(false)
  })
  it('have their A-scans counted from the other end', () => {
    expect(linkedAScan(0, 100, 100, true)).toBe(99)
    expect(linkedAScan(0, 100, 100, false)).toBe(0)
    expect(linkedAScan(10, 100, 200, false)).toBe(21)
    expect(linkedAScan(99, 100, 50, true)).toBe(0)
  })
  it('are moved the other way', () => {
    const view = { ...plainView, zoom: { factor: 2, x: 30, y: -5 } }
    expect(linkedView(view, true).zoom).toEqual({ factor: 2, x: -30, y: -5 })
    expect(linkedView(view, false)).toBe(view)
  })
})
