import { expect, it } from 'vitest'
import { shortName } from './short-name.ts'

it('leaves short names alone', () => expect(shortName('scanside-20f3-in')).toBe('scanside-20f3-in'))
it('keeps both ends of a long one', () => {
  const name = 'scanside-36a43889-c20e-4881-97e1-641d0ab5e3c1-output'
  const short = shortName(name)
  expect(short).toHaveLength(34)
  expect(short).toMatch(/^scanside-36a43.*c1-output$/)
})
