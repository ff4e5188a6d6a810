import { describe, expect, it } from 'vitest'
import type { Rect } from '../view.ts'
import { seenPart } from './picture.ts'
import { type PlateRow, plateOf, wrapped } from './plate.ts'

const measure = (text: string) => text.length * 8
const row: PlateRow = { part: { width: 768, height: 496 }, stretch: 1, slo: { width: 768, height: 768 }, caption: ['right eye (OD)', 'Ring'] }
const apart = (a: Rect, b: Rect) => a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y

describe('a plate', () => {
  it('shows a B-scan px for px, the SLO as high beside it', () => {
    const plate = plateOf([row], 'Scanside', measure)
    const [only] = plate.rows
    expect(only?.bscan).toMatchObject({ width: 768, height: 496 })
    expect(only?.slo).toMatchObject({ width: 496, height: 496 })
  })

  it('keeps everything apart and within', () => {
    const rows = [row, { ...row, part: { width: 1536, height: 496 }, stretch: 0.33 }, { ...row, slo: null }]
    const plate = plateOf(rows, 'Scanside', measure)
    const boxes = plate.rows.flatMap(({ slo, bscan }) => (slo ? [slo, bscan] : [bscan]))
    for (const [i, box] of boxes.entries()) {
      expect(box.x).toBeGreaterThan(0)
      expect(box.x + box.width).toBeLessThan(plate.width)
      expect(box.y + box.height).toBeLessThan(plate.height)
      for (const other of boxes.slice(i + 1)) expect(apart(box, other)).toBe(true)
    }
    const lines = [...plate.rows.flatMap(({ caption }) => caption), ...plate.foot]
    for (const line of lines) {
      expect(boxes.every((box) => line.y < box.y || line.y > box.y + box.height)).toBe(true)
      expect(line.x + measure(line.text)).toBeLessThan(plate.width)
      expect(line.y).toBeLessThan(plate.height)
    }
  })

  it('enlarges a narrow B-scan by whole steps and bounds a wide one', () => {
    expect(plateOf([{ ...row, part: { width: 300, height: 100 } }], '', measure).rows[0]?.bscan).toMatchObject({ width: 900, height: 300 })
    expect(plateOf([{ ...row, part: { width: 60_000, height: 500 } }], '', measure).rows[0]?.bscan.width).toBe(6_000)
  })

  it('does without an SLO', () => {
    const plate = plateOf([{ ...row, slo: null }], '', measure)
    expect(plate.rows[0]?.slo).toBeNull()
    expect(plate.width).toBe(768 + 32)
  })
})

it('breaks a caption between its pieces only', () => {
  expect(wrapped(['aaaa', 'bbbb', 'cccc'], 120, measure)).toEqual(['aaaa  ·  bbbb', 'cccc'])
  expect(wrapped(['a piece that is wider than all the room there is'], 40, measure)).toHaveLength(1)
  expect(wrapped([], 40, measure)).toEqual([])
})

describe('the part in sight', () => {
  const pane = { width: 600, height: 400 }
  const size = { width: 768, height: 496 }
  it('is all where nothing is zoomed', () => {
    expect(seenPart({ x: 50, y: 20, width: 384, height: 248 }, pane, size)).toEqual({
      part: { x: 0, y: 0, width: 768, height: 496 },
      stretch: 1,
    })
  })
  it('is what the pane cuts out', () => {
    const { part, stretch } = seenPart({ x: -600, y: -100, width: 1536, height: 496 }, pane, size)
    expect(part).toEqual({ x: 300, y: 100, width: 300, height: 396 })
    expect(stretch).toBe(0.5)
  })
})
