import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../errors.ts'
import type { NamedSource } from '../../scan.ts'
import { randomFrom } from '../../synth/random.ts'
import { bytesSource } from '../bytes.ts'
import { readHeyexXml, sniffHeyexXml } from './index.ts'
import { writeHeyexXml } from './write.ts'

const files = writeHeyexXml({
  pattern: 'volume',
  laterality: 'OD',
  spacing: { lateral: 0.01, axial: 0.004 },
  frames: [3, 2].map((y) => ({
    width: 30,
    height: 20,
    pixels: new Uint8Array(600).fill(y),
    location: { kind: 'line', start: { x: 1, y }, end: { x: 7, y } },
    quality: 20,
    art: 9,
    layers: [{ name: 'ILM', rows: new Float32Array(30).fill(5.5) }],
  })),
  pictures: { type: 'tif' },
  slo: { width: 10, height: 10, spacing: { x: 0.9, y: 0.9 }, pixels: new Uint8Array(100), field: 30 },
  grid: { diameters: [1, 3, 6], centre: { x: 5, y: 5 }, zones: [{ name: 'C0', thickness: 250, volume: 0.2 }] },
  taken: { local: '2026-03-01T10:15:40.5', ahead: 60 },
})
const [first, ...rest] = files
const xml = (first as (typeof files)[number]).bytes
const text = Buffer.from(xml).toString('latin1')
const set = (bytes: Uint8Array): NamedSource[] =>
  [{ name: 'scan.xml', bytes }, ...rest].map((file) => ({ name: file.name, source: bytesSource(file.bytes) }))
const ofText = (changed: string) => set(new Uint8Array(Buffer.from(changed, 'latin1')))
const inside = (part: string) => ofText(`<HEDX><BODY><Patient><Study><Series>${part}</Series></Study></Patient></BODY></HEDX>`)

const refused = async (input: NamedSource[]) => {
  const error = await readHeyexXml(input, 0).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ScansideError)
  const told = error as ScansideError
  expect(told.message).toMatch(/Nothing was changed/)
  expect(told.details.tag).toEqual(expect.any(String))
  return told
}

describe('a bad export ends in a ScansideError that names the tag', () => {
  it('cut at any place', async () => {
    for (let at = 0; at < text.trimEnd().length; at += at < 400 ? 1 : 37) expect((await refused(set(xml.subarray(0, at)))).code).toBe('invalid-file')
  })

  it.each([
    ['Width', '<Width>30', '<Width>1e308'],
    ['Width', '<Width>30', '<Width>99999999999999999999'],
    ['Width', '<Width>30', '<Width>-30'],
    ['Width', '<Width>30', '<Width>30.5'],
    ['Width', '<Width>30', '<Width>0x1e'],
    ['Width', '<Width>30<', '<Width><'],
    ['Height', '<Height>20', '<Height>NaN'],
    ['ScaleX', '<ScaleX>0.01', '<ScaleX>1e999'],
    ['ScaleY', '<ScaleY>0.004', '<ScaleY>-1'],
    ['Start/Coord/X', '<X>1<', '<X>1e99<'],
    ['End/Coord/Y', '<X>7</X>\n<Y>3', '<X>7</X>\n<Y>three'],
    ['Array', '5.5 5.5', '5.5 5,5'],
    ['Array', '5.5 5.5', '1e999'],
    ['Array', '5.5 5.5', '5.5'],
    ['Array', '5.5 5.5', '5.5 5.5 5.5'],
  ])('%s that cannot be: %j -> %j', async (tag, from, to) => {
    expect(text).toContain(from)
    expect(await refused(ofText(text.replace(from, to)))).toMatchObject({ code: 'invalid-file', details: { tag: expect.stringContaining(tag) } })
  })

  it('another document is refused without a word of it', async () => {
    const told = await refused(set(new TextEncoder().encode('<Mueller_Anna><HEDX></HEDX></Mueller_Anna>')))
    expect(JSON.stringify([told.message, told.details])).not.toContain('Mueller')
  })

  it('descriptions that are no numbers are left out, the scan is not refused for them', async () => {
    const scan = await readHeyexXml(
      ofText(text.replaceAll('<NumAve>9', '<NumAve>many').replaceAll('<ImageQuality>20', '<ImageQuality>---').replace('<Year>2026', '<Year>MMXXVI')),
      0,
    )
    expect(scan.art).toBeUndefined()
    expect(scan.frames[0]?.quality).toBeUndefined()
    expect(scan.acquiredAt).toBeUndefined()
  })

  it.each([
    ['nested a hundred thousand deep', inside('<a>'.repeat(100_000)), 'not-supported'],
    ['a million elements', inside('<a/>'.repeat(1_000_000)), 'not-supported'],
    ['a text without end', inside(`<Type>${'x'.repeat(4_000_000)}</Type>`), 'not-supported'],
    ['a tag without end', ofText(`<HEDX ${'a="" '.repeat(1_000_000)}`), 'not-supported'],
    ['a name without end', ofText(`<${'a'.repeat(4_000_000)}`), 'not-supported'],
    ['a comment without end', ofText(`<HEDX><!--${'a'.repeat(4_000_000)}`), 'not-supported'],
    [
      'a layer line without end',
      inside(`<Image><Segmentation><SegLine><Array>${'1 '.repeat(20_000)}</Array></SegLine></Segmentation></Image>`),
      'invalid-file',
    ],
    [
      'layer lines without end',
      inside(`<Image><Segmentation>${`<SegLine><Array>${'1 '.repeat(10_000)}</Array></SegLine>`.repeat(1300)}</Segmentation></Image>`),
      'not-supported',
    ],
    ['a document type', ofText(`<!DOCTYPE HEDX [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>${text.slice(text.indexOf('<HEDX'))}`), 'not-supported'],
    ['an entity that is not declared', inside('<Type>&b;</Type>'), 'invalid-file'],
    ['a character reference beyond Unicode', inside('<Type>&#x7fffffff;</Type>'), 'invalid-file'],
    ['tags that do not match', inside('<Image></Series>'), 'invalid-file'],
    ['two roots', ofText(`${text}<HEDX/>`), 'invalid-file'],
    ['another root', ofText('<?xml version="1.0"?><html>HEDX</html>'), 'invalid-file'],
    ['no XML', set(new Uint8Array(2000).fill(7)), 'invalid-file'],
    ['nothing', set(new Uint8Array(0)), 'invalid-file'],
    ['an empty export', ofText('<HEDX/>'), 'invalid-file'],
    [
      'elements named like parts of JavaScript',
      inside('<__proto__><constructor>1</constructor></__proto__><Image><toString/></Image>'),
      'invalid-file',
    ],
    [
      'an image without a size',
      inside('<Image><ImageType><Type>OCT</Type></ImageType><ImageData><ExamURL>B1.tif</ExamURL></ImageData></Image>'),
      'invalid-file',
    ],
  ] as [string, NamedSource[], string][])('%s', async (_, input, code) => {
    expect((await refused(input)).code).toBe(code)
  })

  it('whatever was done to its bytes', async () => {
    const random = randomFrom(7)
    for (let i = 0; i < 600; i++) {
      const bytes = xml.slice()
      for (let change = 0; change < 1 + (i % 3); change++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
      try {
        expect((await readHeyexXml(set(bytes), 0)).frames.length).toBeGreaterThan(0)
      } catch (error) {
        if (!(error instanceof ScansideError)) throw error
      }
    }
  })
})

it('XML that is no export is not taken for one', () => {
  const sniff = (beginning: string) => sniffHeyexXml(new Uint8Array(Buffer.from(beginning, 'latin1')))
  expect(sniff('<?xml version="1.0"?>\n<!-- x -->\n<HEDX>')).toBe(true)
  expect(sniff('  <HEDX version="2">')).toBe(true)
  expect(sniff('<?xml version="1.0"?><svg/>')).toBe(false)
  expect(sniff('a text about <HEDX> files')).toBe(false)
  expect(sniff('')).toBe(false)
})
