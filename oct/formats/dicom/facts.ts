/** Reads of a DICOM file what tells scans apart. */
import { ScansideError } from '../../errors.ts'
import type { ByteSource } from '../../scan.ts'
import { nothingSpent } from './dataset.ts'
import { eyeOf } from './describe.ts'
import { frameCount, kindOf, openFile } from './file.ts'
import type { DicomFacts } from './groups.ts'
import { groundOf } from './places.ts'
import { tag } from './tags.ts'
import { firstItem, items, text } from './values.ts'

/** A tomography that cannot be read: a scan for itself, so that opening it says why. */
const unread: DicomFacts = { kind: 'opt', series: '', instance: '', lieOn: new Set(), eye: 'unknown', frames: 0 }

/** Null where it is no ophthalmic picture, or one beside a scan that cannot be read. */
export async function dicomFacts(source: ByteSource): Promise<DicomFacts | null> {
  let isScan = false
  try {
    const kind = await kindOf({ name: '', source }, nothingSpent())
    if (typeof kind !== 'string') return null
    isScan = kind === 'opt'
    const opened = await openFile({ name: '', source }, 0, kind, nothingSpent())
    const { dataset } = opened
    const shared = firstItem(dataset, tag.shared)
    const own = items(dataset, tag.perFrame)
    const grounds = (own.length > 0 ? own : [undefined]).map((frame) => groundOf({ own: frame, shared, file: dataset, width: 0 }))
    return {
      kind,
      series: text(dataset, tag.series),
      instance: text(dataset, tag.sopInstance),
      lieOn: new Set(grounds.filter((uid) => uid !== '')),
      eye: eyeOf(dataset),
      frames: frameCount(opened),
    }
  } catch (error) {
    if (error instanceof ScansideError) return isScan ? unread : null
    throw error
  }
}
