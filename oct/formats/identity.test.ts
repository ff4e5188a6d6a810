import { describe, expect, it } from 'vitest'
import type { NamedSource } from '../scan.ts'
import { synthesise } from '../synth/index.ts'
import { bytesSource } from './bytes.ts'
import { writeDicom } from './dicom/write.ts'
import { writeE2e } from './e2e/write.ts'
import { plainId, readIdentity } from './identity.ts'

const named = (bytes: Uint8Array, name = 'scan'): NamedSource => ({ name, source: bytesSource(bytes) })
const read = (...files: Uint8Array[]) => readIdentity(files.map((bytes) => named(bytes)))
const nobody = { patient: '', visit: '' }

const vol = (patient: string, visit: string): Uint8Array => {
  const bytes = synthesise({ pattern: 'line', laterality: 'OD', seed: 1, width: 64, height: 64 })
  const put = (at: number, text: string) => {
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
  }
  put(140, patient)
  put(176, visit)
  return bytes
}
const xml = (patient: string, more = '') =>
  new TextEncoder().encode(
    `<?xml version="1.0" encoding="UTF-8"?><HEDX><BODY><Patient><ID>3</ID><PatientID>${patient}</PatientID><LastName>Muster</LastName>` +
      `<Birthdate><Date><Year>1960</Year></Date></Birthdate><Study><VisitID>V02</VisitID><Operator>Op</Operator>${more}<Series><PatientID>wrong</PatientID></Series></Study></Patient></BODY></HEDX>`,
  )
const dicom = (id: string, open = false) =>
  writeDicom({
    kind: 'opt',
    syntax: 'explicit',
    width: 4,
    height: 4,
    frames: 1,
    frame: () => new Uint8Array(16),
    open,
    identity: { name: 'Muster^Erika', id, birthDate: '19600101', accession: 'A', station: 'S', serial: '1' },
    extra: [
      [0x00081140, 'SQ', [[[0x00081150, 'UI', '1.2']]]],
      [0x00380010, 'LO', 'V03'],
    ],
  } as Parameters<typeof writeDicom>[0])
const e2e = (id: string) => {
  const bytes = writeE2e({ surname: `Muster${'\0'.repeat(65)}${id}`, series: [] })
  return bytes
}

describe('readIdentity', () => {
  it('reads the ids of a RAW export, umlauts too, and nothing else', async () => {
    expect(await read(vol('P-0142', 'V02'))).toEqual({ patient: 'P-0142', visit: 'V02' })
    expect(await read(vol('M\u00fcller-7', ''))).toEqual({ patient: 'Müller-7', visit: '' })
    expect(await read(vol('', ''))).toEqual(nobody)
  })

  it('reads the ids of an XML export, not the name and not what stands in a series', async () => {
    expect(await read(xml('P-0157'))).toEqual({ patient: 'P-0157', visit: 'V02' })
    expect(await read(xml('A &amp; B'))).toEqual({ patient: 'A & B', visit: 'V02' })
    expect(await read(xml(''))).toEqual({ patient: '', visit: 'V02' })
  })

  it('reads the ids of a DICOM file behind sequences of either kind', async () => {
    expect(await read(dicom('P-0163'))).toEqual({ patient: 'P-0163', visit: 'V03' })
    expect(await read(dicom('P-0163', true))).toEqual({ patient: 'P-0163', visit: 'V03' })
  })

  it('reads the id of a Heidelberg container', async () => {
    const { patient } = await read(e2e('P-9'))
    expect(patient).toBe('P-9')
  })

  it('names nobody where the files of a set disagree', async () => {
    expect(await read(vol('P-1', 'V01'), vol('P-2', 'V01'))).toEqual({ patient: '', visit: 'V01' })
    expect(await read(vol('P-1', 'V01'), vol('', ''))).toEqual({ patient: 'P-1', visit: 'V01' })
  })

  it('is safe with hostile and broken files', async () => {
    const bomb = new TextEncoder().encode(
      '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><HEDX><BODY><Patient><PatientID>&a;</PatientID></Patient></BODY></HEDX>',
    )
    const deep = new TextEncoder().encode(`<HEDX>${'<a>'.repeat(100_000)}`)
    for (const bytes of [new Uint8Array(0), bomb, deep, vol('P', 'V').subarray(0, 150), dicom('P').subarray(0, 200), e2e('x').subarray(0, 90)]) {
      expect((await read(bytes)).visit).toBe('')
    }
    const circle = e2e('x')
    new DataView(circle.buffer).setUint32(36 + 40, 36 + 52, true)
    new DataView(circle.buffer).setUint32(36 + 52 + 44, 36 + 52, true)
    expect(await read(circle)).toEqual({ patient: 'x', visit: '' })
    for (let cut = 0; cut < 600; cut += 7) await read(dicom('P', true).subarray(0, cut))
  })

  it('makes one plain line of an id', () => {
    expect(plainId(' P\u202e-01\n\t42 \0')).toBe('P -01 42')
    expect(plainId('u\u0308')).toBe('ü')
    expect(plainId('x'.repeat(500))).toHaveLength(64)
  })
})
