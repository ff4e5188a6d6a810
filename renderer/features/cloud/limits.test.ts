import { expect, it } from 'vitest'
import { formatMemory, limitBars } from './limits.ts'

it('fills bars by what is used, and none where there is no limit', () => {
  const bars = limitBars({ instances: { used: 3, max: 10 }, cores: { used: 20, max: 20 }, ramMiB: { used: 2048, max: -1 } })
  expect(bars).toEqual([
    { kind: 'instances', used: 3, max: 10, share: 0.3, full: false },
    { kind: 'coresUsed', used: 20, max: 20, share: 1, full: true },
    { kind: 'ram', used: 2048, max: null, share: null, full: false },
  ])
})

it('is full where nothing is allowed, and never more than full', () => {
  const [machines, cores] = limitBars({ instances: { used: 0, max: 0 }, cores: { used: 30, max: 20 }, ramMiB: { used: 0, max: 1 } })
  expect([machines?.share, machines?.full, cores?.share]).toEqual([1, true, 1])
})

it.each([
  [512, 'en', '0.5 GiB'],
  [51_200, 'en', '50 GiB'],
  [1_536, 'de', '1,5 GiB'],
])('%d MiB in %s is %s', (mebibytes, language, text) => expect(formatMemory(mebibytes, language)).toBe(text))
