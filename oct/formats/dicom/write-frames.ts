/** The functional groups of an Ophthalmic Tomography image: what is said once for all frames and what of each (PS3.3 C.7.6.16). */
import type { FrameLocation } from '../../scan.ts'
import type { DatasetOut, ElementOut } from './encode.ts'
import { sopClass } from './syntaxes.ts'
import type { DicomContent, PlaneContent } from './write.ts'
import { code, retina } from './write-modules.ts'

const when = '20270311093000'

/** Shared and per-frame groups and the dimensions they count in; nothing for single pictures. */
export function functionalGroups(content: DicomContent): ElementOut[] {
  if (content.kind !== 'opt') return []
  const shared: ElementOut[] = [
    [0x00209071, 'SQ', [[[0x00082218, 'SQ', [retina]], ...laterality(content)]]],
    ...(content.measuresPerFrame ? [] : measures(content)),
  ]
  const perFrame = Array.from({ length: content.frames }, (_, index) => frameGroups(content, index))
  const dimension = '2.25.7301548000999'
  return [
    [0x00209221, 'SQ', [[[0x00209164, 'UI', dimension]]]],
    [
      0x00209222,
      'SQ',
      [
        [
          [0x00209164, 'UI', dimension],
          [0x00209165, 'AT', [0x0020, 0x9057]],
          [0x00209167, 'AT', [0x0020, 0x9111]],
        ],
      ],
    ],
    [0x52009229, 'SQ', [shared]],
    [0x52009230, 'SQ', perFrame],
  ]
}

function frameGroups(content: DicomContent, index: number): DatasetOut {
  const location = content.locations?.[index]
  const plane = content.planes?.[index] ?? (location === undefined ? undefined : planeOf(location))
  return [
    [
      0x00209111,
      'SQ',
      [
        [
          [0x00189074, 'DT', when],
          [0x00189151, 'DT', when],
          [0x00189220, 'FD', [30]],
          [0x00209056, 'SH', '1'],
          [0x00209057, 'UL', [index + 1]],
          [0x00209157, 'UL', [index + 1]],
        ],
      ],
    ],
    ...(content.measuresPerFrame ? measures(content) : []),
    ...(content.reference === undefined ? [] : ([[0x00081140, 'SQ', [reference(content.reference.uid)]]] as ElementOut[])),
    ...(content.reference === undefined || location === undefined ? [] : frameLocation(content, location, content.reference)),
    ...(plane === undefined
      ? []
      : ([
          [0x00209113, 'SQ', [[[0x00200032, 'DS', plane.position]]]],
          [0x00209116, 'SQ', [[[0x00200037, 'DS', plane.orientation]]]],
        ] as ElementOut[])),
  ]
}

/** The plane of a B-scan from its place on the picture: x to the patient's left, y down to the feet, depth to the back. */
function planeOf(location: FrameLocation): PlaneContent | undefined {
  if (location.kind === 'unknown') return undefined
  const start = location.kind === 'path' ? location.points[0] : location.kind === 'area' ? location.from : location.start
  if (start === undefined) return undefined
  const along = location.kind === 'line' ? { x: location.end.x - start.x, y: location.end.y - start.y } : { x: 1, y: 0 }
  const length = Math.hypot(along.x, along.y) || 1
  return { position: [start.x, 0, -start.y], orientation: [along.x / length, 0, -along.y / length, 0, 1, 0] }
}

function laterality(content: DicomContent): ElementOut[] {
  return content.laterality === undefined ? [] : [[0x00209072, 'CS', content.laterality]]
}

function measures(content: DicomContent): ElementOut[] {
  const { spacing } = content
  if (spacing === undefined) return []
  return [
    [
      0x00289110,
      'SQ',
      [
        [
          [0x00280030, 'DS', [spacing.axial, spacing.lateral]],
          [0x00180050, 'DS', [content.thickness ?? 0.1]],
        ],
      ],
    ],
  ]
}

function reference(uid: string): DatasetOut {
  return [
    [0x00081150, 'UI', sopClass.op8],
    [0x00081155, 'UI', uid],
    [0x0040a170, 'SQ', [code('121311', 'DCM', 'Localizer')]],
  ]
}

function frameLocation(content: DicomContent, location: FrameLocation, on: NonNullable<DicomContent['reference']>): ElementOut[] {
  const points = coordinates(location, content.width)
  if (points.length === 0) return []
  const orientation = location.kind === 'line' ? 'LINEAR' : location.kind === 'area' ? 'TRANSVERSE' : 'NONLINEAR'
  return [
    [
      0x00220031,
      'SQ',
      [
        [
          ...reference(on.uid),
          [0x00220032, 'FL', points.flatMap(({ x, y }) => [y / on.spacing.y, x / on.spacing.x])],
          [0x00220039, 'CS', orientation],
          ...(location.kind === 'area' ? ([[0x00220041, 'FL', [250]]] as ElementOut[]) : []),
        ],
      ],
    ],
  ]
}

/** mm on the referenced picture: the first and last A-scan of a line, every A-scan of a ring or path, two corners of an area. */
function coordinates(location: FrameLocation, width: number): { x: number; y: number }[] {
  if (location.kind === 'line') return [location.start, location.end]
  if (location.kind === 'area') return [location.from, location.to]
  if (location.kind === 'path') return location.points
  if (location.kind !== 'ring') return []
  const { centre, radius, start, direction = 1 } = location
  const from = Math.atan2(start.y - centre.y, start.x - centre.x)
  return Array.from({ length: width }, (_, index) => {
    const angle = from + (direction * 2 * Math.PI * index) / width
    return { x: centre.x + radius * Math.cos(angle), y: centre.y + radius * Math.sin(angle) }
  })
}
