/** What a DICOM file is to a scan of several files: for a folder that holds many scans, where a set has to be put together. */
import type { ByteSource } from '../../scan.ts'
import { readExactly } from '../bytes.ts'
import { nothingSpent } from './dataset.ts'
import { eyeOf } from './describe.ts'
import { frameCount, kindOf, openFile } from './file.ts'
import { groundOf } from './places.ts'
import { tag } from './tags.ts'
import { firstItem, items, text } from './values.ts'

/** Files of the same `scan` are one scan's B-scans; `grounds` are the pictures they lie on, by their `uid`. UIDs stay with the caller. */
export interface DicomPart {
  kind: 'opt' | 'op' | 'en-face'
  scan: string
  uid: string
  grounds: string[]
}

/**
 * Null where the file is of no kind that a scan is made of.
 * @throws ScansideError invalid-file or not-supported where its header cannot be read, or ends before its pictures
 */
export async function dicomPart(source: ByteSource): Promise<DicomPart | null> {
  const file = { name: '', source }
  const spent = nothingSpent()
  const kind = await kindOf(file, spent)
  if (typeof kind !== 'string') return null
  const opened = await openFile(file, 0, kind, spent)
  const { dataset, pixels } = opened
  if (pixels?.length !== undefined) await readExactly(opened.source, pixels.offset + pixels.length - 1, Math.min(1, pixels.length))
  const uid = text(dataset, tag.sopInstance)
  const series = text(dataset, tag.series)
  const shared = firstItem(dataset, tag.shared)
  const frames = kind === 'opt' ? frameCount(opened) : 0
  const grounds = items(dataset, tag.perFrame).map((own) => groundOf({ own, shared, file: dataset, width: 0 }))
  return {
    kind,
    scan: frames === 1 && series !== '' ? `${series} ${eyeOf(dataset)}` : uid,
    uid,
    grounds: [...new Set(grounds)].filter((each) => each !== ''),
  }
}
