/**
 * Writer of DICOM ophthalmic files for generated scans and tests: Ophthalmic Tomography (OPT), the Ophthalmic Photography (OP) it lies on, and
 * OPT en-face pictures. Conforms to PS3.3 as `dciodvfy` checks it. Identity fields stay empty unless a test asks for fictitious ones.
 */
import { deflateSync } from 'fflate'
import type { Compression, FrameLocation } from '../../scan.ts'
import { concat, type DatasetOut, type ElementOut, encodeDataset } from './encode.ts'
import { type SyntaxName, sopClass, transferSyntaxes } from './syntaxes.ts'
import { functionalGroups } from './write-frames.ts'
import { kindModules } from './write-modules.ts'
import { encodePixels, type PixelContent } from './write-pixels.ts'

/** Where a frame lies in the patient's space where no picture is referenced, mm. */
export interface PlaneContent {
  position: readonly [number, number, number]
  /** Direction of a row, then of a column. */
  orientation: readonly [number, number, number, number, number, number]
}

/** Fictitious values of the fields that tell who somebody is: for tests that show they are not read. */
export interface IdentityContent {
  name: string
  id: string
  birthDate: string
  accession: string
  station: string
  serial: string
}

export interface DicomContent extends Pick<PixelContent, 'width' | 'frames' | 'frame' | 'encode' | 'fragments' | 'offsets'> {
  kind: 'opt' | 'op' | 'en-face'
  syntax: SyntaxName
  height: number
  /** Bits kept for each pixel and bits used of them; 8 of 8 */
  allocated?: 8 | 16
  stored?: number
  /** MONOCHROME1: the lowest value is white. */
  inverted?: boolean
  laterality?: 'R' | 'L' | 'B'
  /** mm per px; absent = not written where the standard allows that */
  spacing?: { axial: number; lateral: number }
  /** mm, SliceThickness */
  thickness?: number
  /** Pixel Measures in every frame instead of once. */
  measuresPerFrame?: boolean
  /** One per frame, mm on the referenced picture. */
  locations?: readonly FrameLocation[]
  /** The picture `locations` lie on, and its mm per px. */
  reference?: { uid: string; spacing: { x: number; y: number } }
  /** One per frame, where there is no reference. */
  planes?: readonly PlaneContent[]
  /** This file's own SOP instance UID, its series' and its number in the series. */
  uid?: string
  series?: string
  number?: number
  /** mm */
  axialLength?: number
  /** degrees */
  field?: number
  /** dioptres */
  focus?: number
  /** DICOM DT, `20270311093000+0100` */
  acquiredAt?: string
  /** TimezoneOffsetFromUTC, `+0100` */
  zone?: string
  manufacturer?: string
  model?: string
  /** Sequences and items of undefined length, as many devices write them. */
  open?: boolean
  /** LossyImageCompression 01, whatever the transfer syntax. */
  lossy?: boolean
  identity?: IdentityContent
  /** Elements that replace those of the same tag, or come beside them: for files that are not as they should be. */
  extra?: DatasetOut
}

/** A whole file. Frames are asked for once, in order. */
export function writeDicom(content: DicomContent): Uint8Array {
  const syntax = transferSyntaxes[content.syntax]
  const { before, chunks } = encodePixels({ ...content, syntax, allocated: content.allocated ?? 8 })
  const elements = new Map<number, ElementOut>()
  for (const element of [...commonModules(content), ...kindModules(content), ...functionalGroups(content), ...before, ...(content.extra ?? [])]) {
    elements.set(element[0], element)
  }
  const dataset = concat([encodeDataset([...elements.values()], { ...syntax, open: content.open ?? false }), ...chunks])
  return concat([fileMeta(content, syntax.uid), syntax.deflated ? deflateSync(dataset) : dataset])
}

/** A UID of one's own (PS3.5 B.2), from a small number. */
export function uidOf(number: number): string {
  return `2.25.${7_301_548_000_000 + number}`
}

/** The SOP class of what is written. */
export function classOf(content: Pick<DicomContent, 'kind' | 'allocated'>): string {
  if (content.kind === 'opt') return sopClass.opt
  if (content.kind === 'en-face') return sopClass.enFace
  return content.allocated === 16 ? sopClass.op16 : sopClass.op8
}

function fileMeta(content: DicomContent, syntax: string): Uint8Array {
  const plain = transferSyntaxes.explicit
  const group = encodeDataset(
    [
      [0x00020001, 'OB', Uint8Array.of(0, 1)],
      [0x00020002, 'UI', classOf(content)],
      [0x00020003, 'UI', content.uid ?? uidOf(1)],
      [0x00020010, 'UI', syntax],
      [0x00020012, 'UI', uidOf(0)],
    ],
    plain,
  )
  const preamble = new Uint8Array(132)
  preamble.set([0x44, 0x49, 0x43, 0x4d], 128)
  return concat([preamble, encodeDataset([[0x00020000, 'UL', [group.byteLength]]], plain), group])
}

/** LossyImageCompressionMethod (PS3.3 C.7.6.1.1.5.1). */
const lossyMethods = {
  none: 'ISO_10918_1',
  rle: 'ISO_10918_1',
  jpeg: 'ISO_10918_1',
  'jpeg-lossless': 'ISO_10918_1',
  'jpeg-ls': 'ISO_14495_1',
  'jpeg-2000': 'ISO_15444_1',
  htj2k: 'ISO_15444_15',
} as const satisfies Record<Compression, string>

/** Patient, study, series, equipment, image pixel: what all kinds share. */
function commonModules(content: DicomContent): ElementOut[] {
  const { identity } = content
  const allocated = content.allocated ?? 8
  const stored = content.stored ?? allocated
  const lossy = content.lossy ?? transferSyntaxes[content.syntax].lossy === 'always'
  return [
    [0x00080005, 'CS', 'ISO_IR 100'],
    [0x00080016, 'UI', classOf(content)],
    [0x00080018, 'UI', content.uid ?? uidOf(1)],
    [0x00080020, 'DA', '20270311'],
    [0x00080023, 'DA', '20270311'],
    [0x00080030, 'TM', '093000'],
    [0x00080033, 'TM', '093000'],
    [0x00080050, 'SH', identity?.accession ?? ''],
    [0x00080070, 'LO', content.manufacturer ?? 'Scanside'],
    [0x00080090, 'PN', ''],
    ...(content.zone === undefined ? [] : ([[0x00080201, 'SH', content.zone]] as ElementOut[])),
    ...(identity === undefined ? [] : ([[0x00081010, 'SH', identity.station]] as ElementOut[])),
    [0x00081090, 'LO', content.model ?? 'Generated'],
    [0x00100010, 'PN', identity?.name ?? ''],
    [0x00100020, 'LO', identity?.id ?? ''],
    [0x00100030, 'DA', identity?.birthDate ?? ''],
    [0x00100040, 'CS', ''],
    [0x00181000, 'LO', identity?.serial ?? '0'],
    [0x00181020, 'LO', '1'],
    [0x0020000d, 'UI', uidOf(2)],
    [0x0020000e, 'UI', content.series ?? uidOf({ opt: 3, op: 4, 'en-face': 5 }[content.kind])],
    [0x00200010, 'SH', ''],
    [0x00200011, 'IS', '1'],
    [0x00200013, 'IS', String(content.number ?? 1)],
    [0x00280002, 'US', [1]],
    [0x00280004, 'CS', content.inverted ? 'MONOCHROME1' : 'MONOCHROME2'],
    ...(content.kind === 'en-face' ? [] : ([[0x00280008, 'IS', String(content.frames)]] as ElementOut[])),
    [0x00280010, 'US', [content.height]],
    [0x00280011, 'US', [content.width]],
    [0x00280100, 'US', [allocated]],
    [0x00280101, 'US', [stored]],
    [0x00280102, 'US', [stored - 1]],
    [0x00280103, 'US', [0]],
    [0x00280301, 'CS', 'NO'],
    [0x00282110, 'CS', lossy ? '01' : '00'],
    ...(lossy
      ? ([
          [0x00282112, 'DS', ['10']],
          [0x00282114, 'CS', [lossyMethods[transferSyntaxes[content.syntax].compression]]],
        ] as ElementOut[])
      : []),
    [0x20500020, 'CS', content.inverted ? 'INVERSE' : 'IDENTITY'],
  ]
}
