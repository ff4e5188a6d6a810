/** What main and the parsing worker say to each other. The worker never has the file: it asks for ranges. */
import type { ErrorCode, ErrorDetails } from '../../oct/errors.ts'
import type { Scan } from '../../oct/scan.ts'

/** The most a worker may ask for at once, in bytes: more than any header. */
export const largestRange = 64 * 1024 * 1024

export type FromWorker =
  | { kind: 'read'; id: number; file: number; offset: number; length: number }
  | { kind: 'scan'; scan: Scan }
  | { kind: 'failed'; code: ErrorCode; message: string; details: ErrorDetails }
/** First the files of a set, once; then answers. */
export type ToWorker =
  | { kind: 'files'; files: { name: string; size: number }[] }
  | { kind: 'bytes'; id: number; bytes: Uint8Array }
  | { kind: 'refused'; id: number; message: string }
