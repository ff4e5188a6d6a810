import { expect, it } from 'vitest'
import { displayValues } from './decode.ts'

function raw(...values: number[]): ArrayBuffer {
  const buffer = new ArrayBuffer(values.length * 4)
  const view = new DataView(buffer)
  for (const [i, value] of values.entries()) view.setFloat32(i * 4, value, true)
  return buffer
}

it('takes the fourth root', () => expect([...displayValues(raw(0, 1 / 16, 0.2, 1))]).toEqual([0, 128, 171, 255]))
it('shows what was not recorded as black', () => expect([...displayValues(raw(Number.NaN, 3.4028234663852886e38, 3e38, -1))]).toEqual([0, 0, 0, 0]))
it('does not wrap above 1', () => expect([...displayValues(raw(7))]).toEqual([255]))
it('holds nothing for nothing', () => expect(displayValues(new ArrayBuffer(0))).toHaveLength(0))
