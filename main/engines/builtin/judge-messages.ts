/** What main and the judging worker say to each other. The worker never has a file: it asks for ranges. */
import type { WasmName } from '../../../oct/codecs/index.ts'
import type { ErrorCode } from '../../../oct/errors.ts'
import type { EarlierScan, VisitScan } from '../../../oct/quality/examination.ts'
import type { Profile } from '../../../oct/quality/profile.ts'
import type { ScanResult } from '../../../oct/results.ts'
import type { Judgement } from './judging.ts'

/** The most a worker may ask for at once, bytes: a compressed volume in one piece. */
export const largestRange = 1024 * 1024 * 1024

export interface Task {
  files: { name: string; size: number }[]
  inputs: ScanResult['inputs']
  profile: Profile
  series: boolean
  earlier: EarlierScan | null
  visit: VisitScan[]
  /** Whether anybody wants a first word. */
  provisional: boolean
}

export type ToJudge =
  | { kind: 'task'; task: Task }
  | { kind: 'find'; files: Task['files'] }
  | { kind: 'rewrite'; size: number; pictures: { name: string; as: string }[] }
  | { kind: 'bytes'; id: number; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'refused'; id: number; message: string }

export type FromJudge =
  | { kind: 'read'; id: number; file: number; offset: number; length: number }
  | { kind: 'wasm'; id: number; name: WasmName }
  | { kind: 'progress'; done: number; total: number }
  | { kind: 'provisional'; result: Pick<ScanResult, 'verdict' | 'decidedBy' | 'criteria'> }
  | { kind: 'judged'; judgement: Judgement }
  | { kind: 'found'; sets: number[][] }
  | { kind: 'rewritten'; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'failed'; code: ErrorCode; message: string }
