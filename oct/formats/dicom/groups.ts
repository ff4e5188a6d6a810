/** Which of several DICOM files make one scan: tomographies, each with the pictures it lies on. */
import type { Laterality } from '../../scan.ts'

/** What a DICOM file says of itself, as far as it tells scans apart. UIDs stay in memory. */
export interface DicomFacts {
  kind: 'opt' | 'op' | 'en-face'
  series: string
  instance: string
  /** The instances of the pictures its frames lie on. */
  lieOn: ReadonlySet<string>
  eye: Laterality
  frames: number
}

interface Described {
  /** Absent where it was not asked for; null for a file that is no ophthalmic picture or cannot be read. */
  dicom?: DicomFacts | null
}

const overlap = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => [...a].some((one) => b.has(one))

/** Single B-scans of one series and eye are one scan; every other tomography is one for itself. */
const partsOf = <T extends Described>(files: readonly T[]): (T & { dicom: DicomFacts })[][] => {
  const sets = new Map<string, (T & { dicom: DicomFacts })[]>()
  for (const [index, file] of files.entries()) {
    const { dicom } = file
    if (dicom?.kind !== 'opt') continue
    const key = dicom.frames === 1 && dicom.series !== '' ? JSON.stringify([dicom.series, dicom.eye]) : String(index)
    sets.set(key, [...(sets.get(key) ?? []), { ...file, dicom }])
  }
  return [...sets.values()]
}

/**
 * One set for each scan, in the order of their first files; all files together where they hold no more than one. A picture that several
 * scans lie on is in each of their sets.
 */
export const dicomScans = <T extends Described>(files: readonly T[]): T[][] => {
  const scans = partsOf(files)
  if (scans.length <= 1) return files.length > 0 ? [[...files]] : []
  const beside = files.filter(({ dicom }) => dicom && dicom.kind !== 'opt')
  return scans.map((parts): T[] => {
    const lieOn = new Set(parts.flatMap(({ dicom }) => [...dicom.lieOn]))
    const eye = parts[0]?.dicom.eye
    const ofKind = (kind: DicomFacts['kind']) => beside.filter(({ dicom }) => dicom?.kind === kind)
    const sameEye = (of: T[]) => of.filter(({ dicom }) => dicom?.eye === eye && eye !== 'unknown')
    const named = ofKind('op').filter(({ dicom }) => dicom && lieOn.has(dicom.instance))
    const enFace = ofKind('en-face').filter(({ dicom }) => dicom && (overlap(dicom.lieOn, lieOn) || overlap(dicom.lieOn, instancesOf(parts))))
    return [...parts, ...(named.length > 0 ? named : sameEye(ofKind('op'))), ...enFace]
  })
}

const instancesOf = (files: readonly { dicom: DicomFacts }[]): Set<string> => new Set(files.map(({ dicom }) => dicom.instance))
