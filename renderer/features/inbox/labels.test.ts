import { describe, expect, it } from 'vitest'
import { faultLabels } from './labels.ts'

const rect = { x: 10, y: 0, width: 768, height: 496 }
const at = (frame: number, from: number, to: number, kind: 'cut-upper' | 'high-noise' = 'cut-upper') => ({ frame, from, to, kind })

describe('labels of faults', () => {
  it('name the longest stretch of each kind on this B-scan, counted from 1', () => {
    const labels = faultLabels([at(0, 109, 648), at(0, 700, 720), at(1, 0, 767), at(0, 0, 20, 'high-noise')], 0, 768, rect)
    expect(labels.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['cut-upper', 110, 649],
      ['high-noise', 1, 21],
    ])
    expect(labels[0]?.lines).toEqual([119, 659])
  })
  it('begin no further right than the middle, so that they stay within the picture', () =>
    expect(faultLabels([at(0, 700, 767)], 0, 768, rect)[0]?.left).toBe(10 + 384))
  it('keep to the picture where a stretch goes beyond it', () => expect(faultLabels([at(0, 0, 5000)], 0, 768, rect)[0]?.lines).toEqual([10, 778]))
  it('are none without a picture', () => expect(faultLabels([at(0, 0, 5)], 0, 0, rect)).toEqual([]))
})
