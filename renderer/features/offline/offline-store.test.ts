import { beforeEach, describe, expect, it } from 'vitest'
import type { ScanRef } from '../../../preload/contract.ts'
import type { KeptScan } from '../../../preload/offline.ts'
import { forgetKept, keepOffline, keptKey, notKept, readKept, useOffline } from './offline-store.ts'
import { formatUntil } from './until.ts'

const ref = (session: string, scan: string): KeptScan['ref'] => ({ kind: 'archive', project: 'P', subject: 'S', session, scan })
const kept = (session: string, scan: string): KeptScan => ({
  ref: ref(session, scan),
  title: { project: 'P', subject: 'S', session, scan },
  size: 10,
  keptAt: '2026-03-14T10:00:00Z',
  expiresAt: '2026-03-21T10:00:00Z',
})
const list = (...scans: KeptScan[]) => ({ list: async () => ({ scans, bytes: scans.length * 10, days: 7 }) })

beforeEach(() => useOffline.setState({ kept: new Map(), bytes: 0, days: 0, problem: null, operation: null, shown: false }))

describe('kept scans', () => {
  it('are known by session and scan, in the order they came', async () => {
    await readKept(list(kept('E1', '1'), kept('E2', '1')))
    expect([...useOffline.getState().kept.keys()]).toEqual(['E1/1', 'E2/1'])
    expect(useOffline.getState()).toMatchObject({ bytes: 20, days: 7 })
  })
  it('are never replaced by an older answer that arrives late', async () => {
    let arrive: (answer: { scans: KeptScan[]; bytes: number; days: number }) => void = () => undefined
    const slow = readKept({ list: () => new Promise((resolve) => (arrive = resolve)) })
    await readKept(list(kept('E1', '1')))
    arrive({ scans: [], bytes: 0, days: 7 })
    await slow
    expect(useOffline.getState().kept.size).toBe(1)
  })
  it('stay on the screen where they cannot be read again, with the reason', async () => {
    await readKept(list(kept('E1', '1')))
    await readKept({ list: () => Promise.reject(new Error('gone')) })
    expect(useOffline.getState().kept.size).toBe(1)
    expect(useOffline.getState().problem?.code).toBe('internal')
  })
  it('are asked for without dropped files, which are here already', async () => {
    const refs: ScanRef[] = [ref('E1', '1'), { kind: 'local', local: 'x' }]
    let asked: unknown
    await keepOffline(refs, {
      keep: async (input) => {
        asked = input
        return { operation: 'o1' }
      },
    })
    expect(asked).toEqual({ refs: [ref('E1', '1')] })
    expect(useOffline.getState().operation).toBe('o1')
  })
  it('are forgotten, and what is left is read', async () => {
    await readKept(list(kept('E1', '1'), kept('E1', '2')))
    const forgotten: unknown[] = []
    await forgetKept([ref('E1', '1')], { ...list(kept('E1', '2')), forget: async (input) => void forgotten.push(input) })
    expect(forgotten).toEqual([{ refs: [ref('E1', '1')] }])
    expect([...useOffline.getState().kept.keys()]).toEqual(['E1/2'])
  })
})

it('counts what lies in the archive alone', () => {
  const here = new Map([[keptKey(ref('E1', '1')), 1]])
  expect(notKept([ref('E1', '1'), ref('E1', '2'), { kind: 'local', local: 'x' }], here)).toBe(1)
  expect(notKept([], here)).toBe(0)
})

it('says the day on which a scan is removed, and that it is today', () => {
  const now = new Date(2026, 2, 14, 10)
  expect(formatUntil(new Date(2026, 2, 14, 23).toISOString(), 'en-GB', now)).toBeNull()
  expect(formatUntil(new Date(2026, 2, 21, 9).toISOString(), 'en-GB', now)).toMatch(/21/)
})
