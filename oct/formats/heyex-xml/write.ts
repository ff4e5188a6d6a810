/** Writer of Heidelberg's XML export with its pictures, for generated scans. Identity elements are written empty. */
import type { FrameLocation, Laterality, Layer, Point } from '../../scan.ts'
import type { GreyPicture } from '../pictures/write.ts'
import { type TifCompression, writeBmp, writePng, writeTif } from '../pictures/write.ts'

/** A B-scan: 8-bit grey as it is shown (row 0 anterior), where it lies (mm of the SLO) and what the device says of it. */
export interface XmlFrame {
  width: number
  height: number
  pixels: Uint8Array
  location: FrameLocation
  layers?: Layer[]
  /** dB */
  quality?: number
  /** B-scans averaged */
  art?: number
}

/** How the pictures are kept. `encodeJpg` is needed for `jpg` alone. */
export interface XmlPictures {
  type: 'tif' | 'png' | 'bmp' | 'jpg'
  channels?: 1 | 3
  /** B-scans black on white; the SLO never is. */
  inverted?: boolean
  compression?: TifCompression
  encodeJpg?: (picture: GreyPicture) => Uint8Array
}

export interface HeyexXmlContent {
  pattern: 'line' | 'volume' | 'ring' | 'radial' | 'radial-circles'
  laterality: Exclude<Laterality, 'unknown'>
  /** mm per px of the B-scans */
  spacing: { lateral: number; axial: number }
  frames: XmlFrame[]
  pictures: XmlPictures
  slo?: { width: number; height: number; pixels: Uint8Array; spacing: Point; field?: number }
  /** dioptres */
  focus?: number
  edi?: boolean
  resolution?: 'HS' | 'HR'
  field?: { width: number; height: number }
  grid?: { diameters: number[] /** px of the SLO */; centre: Point; zones: { name: string; thickness: number; volume: number }[] }
  /** The device's local time (`2026-03-01T10:15:30.5`) and its minutes ahead of UTC. */
  taken?: { local: string; ahead: number }
  version?: string
  /** Before every picture's name. */
  prefix?: string
}

/** What the series' `Type` says. */
const typeNames = { line: 'Single', volume: 'Volume', ring: 'Circular', radial: 'Radial', 'radial-circles': 'Radial+Circles' } as const

/** The export's files: `<prefix>scan.xml`, `<prefix>SLO.<type>`, `<prefix>B1.<type>`, ... */
export function writeHeyexXml(content: HeyexXmlContent): { name: string; bytes: Uint8Array }[] {
  const { prefix = '', slo, frames, pictures } = content
  const files: { name: string; bytes: Uint8Array }[] = []
  const images: string[] = []
  if (slo) {
    const name = `${prefix}SLO.${pictures.type}`
    images.push(image(content, 'LOCALIZER', 0, name, localizerContext(content, slo)))
    files.push({ name, bytes: encode(slo, { ...pictures, inverted: false }) })
  }
  frames.forEach((frame, index) => {
    const name = `${prefix}B${index + 1}.${pictures.type}`
    images.push(image(content, 'OCT', index + 1, name, frameContext(content, frame), segmentation(frame.layers ?? [])))
    files.push({ name, bytes: encode(frame, pictures) })
  })
  return [{ name: `${prefix}scan.xml`, bytes: ascii(documentOf(content, images)) }, ...files]
}

function documentOf(content: HeyexXmlContent, images: string[]): string {
  const [year = '', month = '', day = ''] = content.taken?.local.slice(0, 10).split('-') ?? []
  const eye = content.laterality === 'OD' ? 'R' : 'L'
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    tag('HEDX', [
      tag('BODY', [
        tag('ExportType', 'Data'),
        tag('SWVersion', [tag('Name', 'Spectralis Viewing Module'), tag('Version', content.version ?? '6.9.53.0')]),
        tag('Patient', [
          ...['ID', 'PatientID', 'LastName', 'FirstNames'].map((name) => tag(name, '')),
          tag('Study', [
            ...(content.taken ? [tag('StudyDate', [tag('Date', [tag('Year', year), tag('Month', month), tag('Day', day)])])] : []),
            tag('Operator', ''),
            tag('Series', [
              tag('Modality', 'OCT'),
              tag('ModalityProcedure', 'IR_OCT'),
              tag('Type', typeNames[content.pattern]),
              tag('Laterality', eye),
              tag('GeneralEquipment', [tag('Manufacturer', 'Heidelberg Engineering'), tag('ManufacturerModelName', 'Spectralis')]),
              ...(content.field ? [tag('OCTFieldSize', [tag('Width', content.field.width), tag('Height', content.field.height)])] : []),
              ...(content.grid ? [grid(content.grid)] : []),
              tag('NumImages', images.length),
              ...images,
            ]),
          ]),
        ]),
      ]),
    ]),
    '',
  ].join('\n')
}

function image(content: HeyexXmlContent, type: string, number: number, name: string, context: string[], lines: string[] = []): string {
  const [, hour = '', minute = '', second = ''] = /T(\d+):(\d+):([\d.]+)/.exec(content.taken?.local ?? '') ?? []
  return tag('Image', [
    tag('ImageNumber', number),
    tag('Laterality', content.laterality === 'OD' ? 'R' : 'L'),
    ...(content.taken
      ? [
          tag('AcquisitionTime', [
            tag('Time', [tag('Hour', hour), tag('Minute', minute), tag('Second', second), tag('UTCBias', content.taken.ahead)]),
          ]),
        ]
      : []),
    tag('ImageType', [tag('Type', type)]),
    tag('OphthalmicAcquisitionContext', context),
    tag('ImageData', [tag('ExamURL', `file:///\\\\device\\export\\${escaped(name)}`)]),
    ...lines,
  ])
}

function localizerContext(content: HeyexXmlContent, slo: NonNullable<HeyexXmlContent['slo']>): string[] {
  return [
    ...size(slo, slo.spacing),
    ...(slo.field === undefined ? [] : [tag('Angle', slo.field)]),
    ...(content.focus === undefined ? [] : [tag('Focus', content.focus)]),
    ...mode(content),
  ]
}

function frameContext(content: HeyexXmlContent, frame: XmlFrame): string[] {
  const { location } = frame
  return [
    ...size(frame, { x: content.spacing.lateral, y: content.spacing.axial }),
    ...mode(content),
    ...(frame.art === undefined ? [] : [tag('NumAve', frame.art)]),
    ...(frame.quality === undefined ? [] : [tag('ImageQuality', frame.quality)]),
    ...(content.edi === undefined ? [] : [tag('EDI', String(content.edi))]),
    ...(location.kind === 'line' ? [point('Start', location.start), point('End', location.end)] : []),
    ...(location.kind === 'ring' ? [point('Start', location.start), point('Center', location.centre)] : []),
  ]
}

const size = (picture: { width: number; height: number }, spacing: Point) => [
  tag('Width', picture.width),
  tag('Height', picture.height),
  tag('ScaleX', spacing.x),
  tag('ScaleY', spacing.y),
]

const mode = ({ resolution }: HeyexXmlContent) => (resolution ? [tag('Resolution', resolution === 'HR' ? 'HIRES' : 'LORES')] : [])

const coord = ({ x, y }: Point) => tag('Coord', [tag('X', x), tag('Y', y)])

const point = (name: string, at: Point) => tag(name, [coord(at)])

function segmentation(layers: Layer[]): string[] {
  if (layers.length === 0) return []
  return [
    tag('Segmentation', [
      tag('NumSegmentations', layers.length),
      ...layers.map(({ name, rows }) =>
        tag('SegLine', [
          tag('Name', name),
          tag('Enabled', 'true'),
          tag('Manual', 'false'),
          `<Array n="${rows.length}" type="real">${Array.from(rows, row).join(' ')}</Array>`,
        ]),
      ),
    ]),
  ]
}

/** Hundredths of a pixel; `3e+038` where not segmented. */
const row = (value: number) => (Number.isFinite(value) ? String(Math.round(value * 100) / 100) : '3e+038')

function grid({ diameters, centre, zones }: NonNullable<HeyexXmlContent['grid']>): string {
  return tag('ThicknessGrid', [
    tag('Type', 3),
    ...diameters.map((diameter, index) => tag(`Diameter${index + 1}`, diameter)),
    tag('CenterPos', [coord(centre)]),
    ...zones.map(({ name, thickness, volume }) => tag('Zone', [tag('Name', name), tag('AvgThickness', thickness / 1000), tag('Volume', volume)])),
  ])
}

function tag(name: string, content: string | number | string[]): string {
  const inside = Array.isArray(content) ? `\n${content.join('\n')}\n` : typeof content === 'number' ? String(content) : escaped(content)
  return `<${name}>${inside}</${name}>`
}

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;')

function encode(picture: GreyPicture, { type, channels = 1, inverted = false, compression, encodeJpg }: XmlPictures): Uint8Array {
  const kept = {
    width: picture.width,
    height: picture.height,
    channels,
    pixels: inverted ? picture.pixels.map((value) => 255 - value) : picture.pixels,
  }
  if (type === 'tif') return writeTif(kept, compression)
  if (type === 'png') return writePng(kept)
  if (type === 'bmp') return writeBmp(kept)
  if (encodeJpg === undefined) throw new TypeError('a JPG needs an encoder')
  return encodeJpg(kept)
}

/** The document's own texts are ASCII; a character that is not becomes a reference. */
function ascii(text: string): Uint8Array {
  return Uint8Array.from(
    text.replace(/\P{ASCII}/gu, (letter) => `&#${letter.codePointAt(0)};`),
    (letter) => letter.charCodeAt(0),
  )
}
