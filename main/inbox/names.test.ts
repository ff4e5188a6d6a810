import { describe, expect, it } from 'vitest'
import { checkReason } from './names.ts'

const own = ['P-0142', 'V02']
const warned = (reason: string) => checkReason(reason, own).warning !== null

describe('a reason for overriding', () => {
  it.each([
    'Mrs. Miller blinked',
    'Frau Müller war müde',
    'see Dr. House',
    'E. Muster moved',
    'Muster, Erika',
    'as Erika Muster said',
    'born 12.3.1960',
    'born 1960-03-12',
    'patient 4711423',
    'see AB-1234',
    'SPX0815',
  ])('warns of %j', (reason) => {
    expect(warned(reason)).toBe(true)
  })

  it.each([
    'only the rim of the ring is cut',
    'B-scan 31 of 61 is dark, the rest is fine',
    'Q of 14 dB with good contrast',
    'cataract, no better scan possible',
    'Katarakt, besser geht es nicht',
    'Obere Netzhaut nur am Rand angeschnitten',
    'A-scans 110 to 649',
    'Motion in the Upper Retina',
  ])('lets %j be', (reason) => {
    expect(warned(reason)).toBe(false)
  })

  it('never holds the patient’s own ID, however it is written', () => {
    for (const reason of ['P-0142 moved', 'p0142', 'patient P 0142']) expect(checkReason(reason, own).names).toBe(true)
    expect(checkReason('P-0143 moved', own).names).toBe(false)
    expect(checkReason('anything', ['', 'a']).names).toBe(false)
  })
})
