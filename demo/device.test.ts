import { describe, expect, it } from 'vitest'
import { bytesSource } from '../oct/formats/bytes.ts'
import { readIdentity } from '../oct/formats/identity.ts'
import { readScan } from '../oct/formats/index.ts'
import { exported, exportsOfTheDay } from './device.ts'

describe('the demo lab’s device', () => {
  it('exports scans that say whose they are and when they were taken', async () => {
    const now = new Date('2027-03-14T10:00:00Z')
    const first = exportsOfTheDay[0]
    if (!first) throw new Error('nothing is exported')
    const files = [{ name: 'x', source: bytesSource(exported({ ...first, scan: { ...first.scan, width: 64, height: 64 } }, now)) }]
    expect(await readIdentity(files)).toEqual({ patient: 'P-0142', visit: 'V01' })
    const scan = await readScan(files)
    expect(scan).toMatchObject({ pattern: 'ring', laterality: 'OD', acquiredAt: '2026-09-15T10:00:00.000Z' })
  })

  it('has good scans, faulty ones, their retakes, and a visit after an earlier one', () => {
    const faults = new Set(exportsOfTheDay.map(({ scan }) => scan.fault))
    for (const fault of ['none', 'cut-upper', 'dark', 'decentred']) expect(faults).toContain(fault)
    expect(new Set(exportsOfTheDay.filter(({ patient }) => patient === 'P-0142').map(({ visit }) => visit))).toEqual(new Set(['V01', 'V02']))
    for (const { patient } of exportsOfTheDay) expect(patient).toMatch(/^P-\d{4}$/)
  })
})
