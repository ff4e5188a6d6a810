import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../oct/formats/bytes.ts'
import { writeVol } from '../../oct/formats/vol-write.ts'
import { scanFile } from './inbox.fixture.ts'
import { pictureKeys, volHead, volWhole, xmlPictures } from './whole.ts'

const source = (bytes: Uint8Array) => bytesSource(bytes)
const text = (written: string) => source(new TextEncoder().encode(written))

describe('a RAW export', () => {
  it('is whole at the size its header promises, and not before', async () => {
    const bytes = scanFile('P-1', 'V01')
    expect(await volWhole(source(bytes))).toBe('yes')
    for (const size of [0, 100, 2_048, bytes.length - 1]) expect(await volWhole(source(bytes.subarray(0, size)))).toBe('no')
  })

  it('waits for the thickness grid behind its last B-scan', async () => {
    const zones = ['C0', 'N1', 'N2', 'S1', 'S2', 'T1', 'T2', 'I1', 'I2'].map((name) => ({ name, thickness: 0.3, volume: 0.1 }))
    const bytes = writeVol({
      version: 'HSF-OCT-103',
      laterality: 'OD',
      pattern: 'volume',
      width: 16,
      height: 16,
      spacing: { lateral: 0.01, axial: 0.004, between: 0.1 },
      focus: 0,
      frames: [{ location: { kind: 'line', start: { x: 0, y: 0 }, end: { x: 1, y: 0 } }, layers: [], render: (into) => into.fill(0.1) }],
      grids: [{ kind: 'circular', diameters: [1, 3, 6], centre: { x: 1, y: 1 }, zones }],
    })
    expect(await volWhole(source(bytes))).toBe('yes')
    expect(await volWhole(source(bytes.subarray(0, bytes.length - 1)))).toBe('no')
  })

  it('is not sure of itself where its header is none, or its room was reserved before it was filled', async () => {
    const bytes = scanFile('P-1', 'V01')
    expect(await volWhole(source(Uint8Array.from(bytes).fill(0, 2_048)))).toBe('unsure')
    expect(await volWhole(source(Uint8Array.from(bytes).fill(0, 12, 24)))).toBe('unsure')
  })

  it('tells by its header what is on its way', async () => {
    const bytes = scanFile('P-1', 'V01', { laterality: 'OS' })
    expect(await volHead(source(bytes.subarray(0, 2_048)))).toMatchObject({ patient: 'P-1', visit: 'V01', laterality: 'OS', pattern: 'ring' })
    expect(await volHead(source(bytes.subarray(0, 2_000)))).toBeNull()
    expect(await volHead(source(Uint8Array.from(bytes).fill(0, 12, 24)))).toBeNull()
  })
})

describe('an XML export', () => {
  it('names its pictures once its end is there', async () => {
    const url = (name: string) => `<ExamURL>\\\\dev\\a\\${name}</ExamURL>`
    expect(await xmlPictures(text(`<HEDX>${url('1.tif')}${url('2.tif')}${url('1.tif')}</HEDX>\r\n`))).toEqual(['1.tif', '2.tif'])
    expect(await xmlPictures(text(`<HEDX>${url('1.tif')}`))).toBeNull()
    expect(await xmlPictures(text(''))).toBeNull()
    const far = `<HEDX>${' '.repeat(1_048_570)}${url('far.tif')}</HEDX>`
    expect(await xmlPictures(text(far))).toEqual(['far.tif'])
    const utf16 = `\uFEFF<?xml version="1.0" encoding="utf-16"?><HEDX>${url('ü.tif')}</HEDX>`
    expect(await xmlPictures(source(new Uint8Array(Uint16Array.from(utf16, (letter) => letter.charCodeAt(0)).buffer)))).toEqual(['ü.tif'])
  })

  it('finds a picture however its address is written', () => {
    expect(pictureKeys('M%C3%BC.TIF')).toContain('mü.tif')
    expect(pictureKeys('100%.tif')).toEqual(['100%.tif'])
  })
})
