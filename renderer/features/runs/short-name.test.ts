import { expect, it } from 'vitest'
import { endOfPath, shortName } from './short-name.ts'

it('leaves short names alone', () => expect(shortName('scanside-20f3-in')).toBe('scanside-20f3-in'))
it('keeps both ends of a long one', () => {
  const name = 'scanside-36a43889-c20e-4881-97e1-641d0ab5e3c1-output'
  const short = shortName(name)
  expect(short).toHaveLength(34)
  expect(short).toMatch(/^scanside-36a43.*c1-output$/)
})

it('keeps session and scan of a path', () => expect(endOfPath('DEMO-MS / P-0142 / P-0142_V01 / 1 RNFL ring OD')).toBe('P-0142_V01 / 1 RNFL ring OD'))
it.each(['dropped file', '3 scans, DEMO-MS / P-0142_V01'])('leaves %s alone', (subject) => expect(endOfPath(subject)).toBe(subject))
