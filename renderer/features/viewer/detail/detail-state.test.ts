import { describe, expect, it } from 'vitest'
import { heldHeight, leastHeight, leftAbove, usualHeight } from './detail-state.ts'

describe('the height of the lower pane', () => {
  it.each([
    [828, 298],
    [648, 233],
  ])('is a third or so of %i px', (room, height) => expect(usualHeight(room)).toBe(height))
  it('leaves room for the pictures above', () => expect(heldHeight(5_000, 800)).toBe(800 - leftAbove))
  it('never goes below what can be read, however small the window', () => {
    expect(heldHeight(10, 800)).toBe(leastHeight)
    expect(usualHeight(200)).toBe(leastHeight)
  })
})
