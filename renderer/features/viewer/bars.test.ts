import { expect, it } from 'vitest'
import { bars } from './bars.ts'

it('draws the best B-scan to the top and marks the faulty one', () => {
  const drawn = bars([30, 15], (i) => i === 1)
  expect(drawn.plain).toBe('M0.1 1h0.8V0h-0.8z')
  expect(drawn.marked).toBe('M1.1 1h0.8V0.5h-0.8z')
})
it('keeps every bar to be seen', () => expect(bars([100, 0], () => false).plain).toContain('V0.8h'))
it('gives half a bar where the device tells no quality', () => expect(bars([null], () => false).plain).toContain('V0.5h'))
