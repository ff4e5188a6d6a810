/**
 * Where things lie in Heidelberg's patient container (`.e2e`, `.sdb`; little-endian), as far as is publicly known:
 * [version block][main directory] and, anywhere after, directories chained from the last to the first; a directory lists containers, a container
 * holds one thing (an image, a contour, a laterality) of one patient, study, series and slice. Which offsets name persons is known, too: nothing reads them.
 */
import { ScansideError } from '../../errors.ts'

export const versionBytes = 36
export const directoryBytes = 52
export const entryBytes = 44
export const containerBytes = 60

export const marks = { file: 'CMDb', main: 'MDbMDir', directory: 'MDbDir', container: 'MDbData' } as const

/** From the file's start. */
export const version = { number: 12 } as const

/** From a directory's start; the main directory is alike. */
export const directory = { count: 36, current: 40, previous: 44 } as const

/** From an entry's start. */
export const entry = { place: 0, start: 4, size: 8, patient: 16, study: 20, series: 24, slice: 28, index: 32, type: 36 } as const

/** From a container's start. */
export const container = { place: 16, start: 20, size: 24, patient: 32, study: 36, series: 40, slice: 44, index: 48, type: 52 } as const

/** What a container holds. */
export const types = { preamble: 3, laterality: 11, meta: 10_004, contour: 10_019, image: 1_073_741_824 } as const

/** From a container's payload, by what it holds. Letters are R and L. */
export const payload = {
  preamble: { letter: 4, bytes: 5 },
  laterality: { letter: 14, bytes: 15 },
  meta: { axial: 36, pattern: 72, bytes: 108 },
  contour: { id: 4, width: 12, rows: 16 },
  image: { type: 4, height: 12, width: 16, pixels: 20 },
} as const

/** Kinds of image: 8-bit grey of the SLO, 16-bit floats of a B-scan. */
export const images = { slo: 33_620_481, bscan: 35_652_097 } as const

/** Upper bounds of what a reader believes. */
export const limits = { directories: 100_000, entries: 400_000, frames: 10_000, side: 10_000, samples: 4_194_304, layerBytes: 33_554_432 } as const

export function refuse(what: string, details: Record<string, number | string> = {}): ScansideError {
  return new ScansideError(
    'invalid-file',
    `${what} Nothing was changed; export the scan from the device as RAW (.vol), XML with images, or DICOM.`,
    details,
  )
}
