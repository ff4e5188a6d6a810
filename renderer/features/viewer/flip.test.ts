import { describe, expect, it } from 'vitest'
import type { ScanRef } from '../../../preload/contract.ts'
import { flipKey, neighbours, sameScan } from './flip.ts'

const archived = (scan: string): ScanRef => ({ kind: 'archive', project: 'P', subject: 'S', session: 'E', scan })
const dropped = (local: string): ScanRef => ({ kind: 'local', local })

describe('flipping through scans', () => {
  it('knows who stands beside a scan', () => {
    const among = [archived('1'), dropped('a'), archived('2')]
    expect(neighbours(among, archived('1'))).toEqual({ index: 0, previous: null, next: dropped('a') })
    expect(neighbours(among, dropped('a'))).toEqual({ index: 1, previous: archived('1'), next: archived('2') })
    expect(neighbours(among, archived('3'))).toBeNull()
  })

  it('tells the same scan by what names it, not by the object', () => {
    expect(sameScan(archived('1'), { ...archived('1') })).toBe(true)
    expect(sameScan(archived('1'), archived('2'))).toBe(false)
    expect(sameScan(archived('a'), dropped('a'))).toBe(false)
  })

  it.each([
    [{ key: 'ArrowLeft', ctrlKey: true }, 'previous'],
    [{ key: 'ArrowRight', metaKey: true }, 'next'],
    [{ key: 'ArrowRight' }, null],
    [{ key: 'ArrowRight', ctrlKey: true, altKey: true }, null],
    [{ key: 'ArrowUp', ctrlKey: true }, null],
  ] as const)('%o', (pressed, expected) => {
    expect(flipKey({ ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...pressed })).toBe(expected)
  })
})
