import { describe, expect, it } from 'vitest'
import { rowBefore, spread } from './line-labels.ts'

describe('spread', () => {
  it('leaves what has room where it is', () => expect(spread([10, 50, 90], 14, 0, 200)).toEqual([10, 50, 90]))
  it('moves apart what would overlap, in order', () => expect(spread([50, 52, 51], 14, 0, 200)).toEqual([50, 78, 64]))
  it('pushes back from the lower edge', () => expect(spread([95, 96], 14, 0, 100)).toEqual([86, 100]))
  it('begins within the upper edge', () => expect(spread([-20], 14, 8, 100)).toEqual([8]))
  it('takes none', () => expect(spread([], 14, 0, 100)).toEqual([]))
})

describe('rowBefore', () => {
  it('looks back over a gap', () => expect(rowBefore([1, 2, null, null], 3, 3)).toBe(2))
  it('gives up where the gap is too wide', () => expect(rowBefore([1, null, null, null], 3, 2)).toBeNull())
  it('begins at the last where the place lies beyond', () => expect(rowBefore([1, 2], 9, 1)).toBe(2))
})
