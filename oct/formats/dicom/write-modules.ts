/** What distinguishes the three kinds of file: the modules of PS3.3 C.8.17 (OP, OPT) and C.8.17.13 (OPT en face). */
import type { DatasetOut, ElementOut } from './encode.ts'
import { type DicomContent, uidOf } from './write.ts'

/** A coded entry (PS3.3 8.8): value, scheme, meaning. */
export function code(value: string, scheme: string, meaning: string): DatasetOut {
  return [
    [0x00080100, 'SH', value],
    [0x00080102, 'SH', scheme],
    [0x00080104, 'LO', meaning],
  ]
}

/** The retina: SNOMED's concept identifier. */
export const retina = code('5665001', 'SCT', 'Retina')

const frameOfReference = '2.25.7301548000998'

const synchronization: ElementOut[] = [
  [0x00200200, 'UI', '2.25.7301548000997'],
  [0x0018106a, 'CS', 'NO TRIGGER'],
  [0x00181800, 'CS', 'N'],
]

export function kindModules(content: DicomContent): ElementOut[] {
  const region: ElementOut[] = [
    [0x00200062, 'CS', content.laterality ?? ''],
    [0x00082218, 'SQ', [retina]],
  ]
  if (content.kind === 'en-face') return [...region, ...enFace(content)]
  const optics: ElementOut[] = [
    [0x0022000a, 'FL', []],
    [0x0022000b, 'FL', []],
    [0x0022000c, 'FL', content.field === undefined ? [] : [content.field]],
    [0x0022000d, 'CS', ''],
    [0x0022001b, 'SQ', content.focus === undefined ? [] : [refraction(content.focus)]],
  ]
  return [...region, ...optics, ...(content.kind === 'opt' ? tomography(content) : photography(content))]
}

function refraction(sphere: number): DatasetOut {
  return [
    [0x00220007, 'FL', [sphere]],
    [0x00220008, 'FL', [0]],
    [0x00220009, 'FL', [0]],
  ]
}

function tomography(content: DicomContent): ElementOut[] {
  return [
    [0x00080008, 'CS', ['ORIGINAL', 'PRIMARY']],
    [0x0008002a, 'DT', content.acquiredAt ?? ''],
    [0x00080060, 'CS', 'OPT'],
    [0x00189073, 'FD', [2000]],
    [0x00187004, 'CS', 'CCD'],
    [0x00200012, 'IS', '1'],
    [0x00220015, 'SQ', [code('392012008', 'SCT', 'Optical Coherence Tomography Scanner')]],
    [0x00220017, 'SQ', []],
    [0x00220030, 'FL', content.axialLength === undefined ? [] : [content.axialLength]],
    [0x00220035, 'FL', [7]],
    [0x00220036, 'FL', [0.5]],
    [0x00220037, 'FL', [14]],
    [0x00220038, 'FL', [0.5]],
    [0x00220055, 'FL', [870]],
    [0x00220056, 'FL', [1200]],
    [0x00220057, 'FL', [50]],
    [0x00400555, 'SQ', []],
    [0x00200052, 'UI', frameOfReference],
    [0x00201040, 'LO', ''],
    // Concatenations are not allowed here: the three attributes must say so (PS3.3 C.8.17.7).
    [0x00209162, 'US', [1]],
    [0x00209163, 'US', [1]],
    [0x00209228, 'UL', [0]],
    ...synchronization,
  ]
}

function photography(content: DicomContent): ElementOut[] {
  return [
    [0x00080008, 'CS', ['ORIGINAL', 'PRIMARY']],
    [0x0008002a, 'DT', content.acquiredAt ?? '20270311093000'],
    [0x00080060, 'CS', 'OP'],
    [0x00187004, 'CS', 'CCD'],
    [0x00220005, 'CS', 'NO'],
    [0x00220015, 'SQ', [code('392001008', 'SCT', 'Scanning Laser Ophthalmoscope')]],
    [0x00220016, 'SQ', []],
    [0x00220017, 'SQ', []],
    [0x00220018, 'SQ', []],
    [0x00220019, 'SQ', []],
    [0x00400555, 'SQ', []],
    ...(content.spacing === undefined ? [] : ([[0x00280030, 'DS', [content.spacing.axial, content.spacing.lateral]]] as ElementOut[])),
    [0x00181063, 'DS', [0]],
    [0x00280009, 'AT', [0x0018, 0x1063]],
    ...synchronization,
    [0x00200020, 'CS', ['L', 'F']],
  ]
}

function enFace(content: DicomContent): ElementOut[] {
  return [
    [0x00080008, 'CS', ['DERIVED', 'PRIMARY']],
    [0x00080060, 'CS', 'OPTENF'],
    [0x00200020, 'CS', ['L', 'F']],
    [0x00200052, 'UI', frameOfReference],
    [0x00201040, 'LO', ''],
    [0x00221615, 'SQ', [code('128306', 'DCM', 'Structural reflectance map')]],
    [
      0x00221620,
      'SQ',
      [
        [
          [0x00081155, 'UI', uidOf(20)],
          [0x0062000f, 'SQ', [code('280677004', 'SCT', 'Internal limiting membrane')]],
          [0x00221658, 'UL', [0]],
          [0x0066002c, 'UL', [1]],
        ],
      ],
    ],
    [0x00280302, 'CS', 'YES'],
    [0x00281050, 'DS', [128]],
    [0x00281051, 'DS', [256]],
    ...(content.spacing === undefined ? [] : ([[0x00280030, 'DS', [content.spacing.axial, content.spacing.lateral]]] as ElementOut[])),
  ]
}
