/** Judging in this application: what the Inbox asks directly and the built-in engine offers to runs. */
import type { PlacedFile } from '../../../oct/formats/sets.ts'
import type { EarlierScan, VisitScan } from '../../../oct/quality/examination.ts'
import type { Profile } from '../../../oct/quality/profile.ts'
import type { ScanResult } from '../../../oct/results.ts'
import type { ByteSource, NamedSource } from '../../../oct/scan.ts'

export interface JudgeRequest {
  /** Every file of the scan. Names serve to find the pictures an XML export names, and go no further. */
  files: readonly NamedSource[]
  /** Opaque names, sizes and digests, copied into the result. */
  inputs: ScanResult['inputs']
  profile: Profile
  earlier?: EarlierScan
  visit?: readonly VisitScan[]
  /** Whether values per B-scan are kept in the result; default true. */
  series?: boolean
  /** Goes before what is not urgent: somebody stands beside the device. */
  urgent: boolean
  signal: AbortSignal
  onProgress?(done: number, total: number): void
  onProvisional?(result: Pick<ScanResult, 'verdict' | 'decidedBy' | 'criteria'>): void
}

export interface Judgement {
  /** Verdict `unknown` with its error where the scan could not be read. */
  result: ScanResult
  /** What a later visit's scan is held against; null where the scan could not be read. */
  asEarlier: EarlierScan | null
  discSide: VisitScan['discSide']
  /** 8-bit grey of the middle B-scan, at most 128 x 96; null where there is none. */
  thumb: { width: number; height: number; pixels: Uint8Array } | null
  /** ms in the worker, without waiting */
  analysisMs: number
}

/** Finds the scans among files, in a worker: a stranger's headers decide. */
export interface SetFinder {
  /**
   * As `scanSets` of oct/formats.
   * @throws ScansideError cancelled; invalid-file where the worker does not come back
   */
  sets(files: readonly PlacedFile[], signal: AbortSignal): Promise<number[][]>
}

/** Takes identity out of XML exports, in a worker. */
export interface ExportRewriter {
  /**
   * As `pseudonymiseHeyexXml` of oct/formats; `pictures` by their own names and those they are given under.
   * @throws ScansideError as the reader; cancelled
   */
  rewriteXml(source: ByteSource, pictures: readonly { name: string; as: string }[], signal: AbortSignal): Promise<Uint8Array>
}

export interface Judging {
  /** Rejects only with `cancelled`; a worker that dies gives a result with verdict `unknown`. */
  judge(request: JudgeRequest): Promise<Judgement>
  close(): Promise<void>
}
