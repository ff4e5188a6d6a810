/** Small DICOM scans for the tests beside this file. */
import type { SyntaxName } from '../../oct/formats/dicom/syntaxes.ts'
import { type DicomContent, uidOf, writeDicom } from '../../oct/formats/dicom/write.ts'
import { bytesSource } from '../../oct/formats/vol.ts'
import type { FrameLocation, NamedSource } from '../../oct/scan.ts'

export const width = 48
export const height = 40
export const lateral = 0.015
export const sloScale = { x: 0.0125, y: 0.0125 }
export const sloUid = uidOf(10)

/** A smooth picture with a little grain, `bits` deep; each frame its own. */
export function picture(bits: number, frame = 0): Uint8Array | Uint16Array {
  const most = 2 ** bits - 1
  const value = (i: number) => {
    const wave = 0.5 + 0.4 * Math.sin(((i % width) + 5 * frame) / 9) * Math.cos(Math.floor(i / width) / 7)
    return Math.floor(most * wave) ^ ((i * 7) % 3)
  }
  const values = Array.from({ length: width * height }, (_, i) => value(i))
  return bits > 8 ? Uint16Array.from(values) : Uint8Array.from(values)
}

/** An OPT file's content; `more` replaces. */
export function tomogram(frames: number, more: Partial<DicomContent> = {}): DicomContent {
  const bits = more.stored ?? more.allocated ?? 8
  return {
    kind: 'opt',
    syntax: 'explicit' satisfies SyntaxName,
    width,
    height,
    frames,
    frame: (index) => picture(bits, index),
    laterality: 'R',
    spacing: { axial: 0.0039, lateral },
    thickness: 0.25,
    reference: { uid: sloUid, spacing: sloScale },
    locations: lines(frames),
    ...more,
  }
}

/** The OP file's content that `tomogram` refers to. */
export function photograph(more: Partial<DicomContent> = {}): DicomContent {
  return {
    kind: 'op',
    syntax: 'explicit',
    width,
    height,
    frames: 1,
    frame: () => picture(8, 9),
    laterality: 'R',
    spacing: { axial: sloScale.y, lateral: sloScale.x },
    field: 30,
    uid: sloUid,
    ...more,
  }
}

/** An OPT en-face file's content. */
export function enFace(more: Partial<DicomContent> = {}): DicomContent {
  return { ...photograph(), kind: 'en-face', uid: uidOf(11), frame: () => picture(8, 4), ...more }
}

/** Without what `writeDicom` would say of it. */
export function without<K extends keyof DicomContent>(content: DicomContent, ...keys: K[]): DicomContent {
  return Object.fromEntries(Object.entries(content).filter(([key]) => !keys.includes(key as K))) as unknown as DicomContent
}

/** Parallel lines, 0.25 mm apart, from below upwards. */
export function lines(count: number): FrameLocation[] {
  return Array.from({ length: count }, (_, index) => {
    const y = 4 - 0.25 * index
    return { kind: 'line', start: { x: 1, y }, end: { x: 1 + width * lateral, y } }
  })
}

/** The files as a set, in the order given. */
export function set(...contents: (DicomContent | Uint8Array)[]): NamedSource[] {
  return contents.map((content, index) => ({
    name: `IM${index}`,
    source: bytesSource(content instanceof Uint8Array ? content : writeDicom(content)),
  }))
}
