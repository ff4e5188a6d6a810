/** The scans this desk keeps for working without the archive. The list lies in main; here is what was last read of it. */
import { create } from 'zustand'
import type { ScansideError } from '../../../oct/errors.ts'
import type { ScanRef } from '../../../preload/contract.ts'
import type { KeptScan } from '../../../preload/offline.ts'
import { asScansideError, type Lab, lab } from '../../lab.ts'

export interface OfflineState {
  /** By `keptKey`, in the order main gave. */
  kept: ReadonlyMap<string, KeptScan>
  /** bytes of all of them */
  bytes: number
  /** How long a scan is kept. */
  days: number
  problem: ScansideError | null
  /** The newest fetching ahead; its end is told where it was asked for. */
  operation: string | null
  /** Whether their list stands beside the table. */
  shown: boolean
}

export const useOffline = create<OfflineState>(() => ({ kept: new Map(), bytes: 0, days: 0, problem: null, operation: null, shown: false }))

type ArchiveRef = Extract<ScanRef, { kind: 'archive' }>

/** A session's id is the archive's own; a scan's is unique within it. */
export const keptKey = ({ session, scan }: Pick<ArchiveRef, 'session' | 'scan'>): string => `${session}/${scan}`

/** Those of the archive; dropped files are here already. */
export const archiveRefs = (refs: readonly ScanRef[]): ArchiveRef[] => refs.filter((ref): ref is ArchiveRef => ref.kind === 'archive')

/** How many of these scans lie in the archive alone. */
export const notKept = (refs: readonly ScanRef[], kept: ReadonlyMap<string, unknown>): number =>
  archiveRefs(refs).filter((ref) => !kept.has(keptKey(ref))).length

let asked = 0

/** Reads the list again; an answer that was overtaken is dropped. */
export async function readKept(source: Pick<Lab['offline'], 'list'> = lab.offline): Promise<void> {
  asked += 1
  const mine = asked
  try {
    const { scans, bytes, days } = await source.list()
    if (mine === asked) useOffline.setState({ kept: new Map(scans.map((scan) => [keptKey(scan.ref), scan])), bytes, days, problem: null })
  } catch (error) {
    if (mine === asked) useOffline.setState({ problem: asScansideError(error) })
  }
}

/** Begins to fetch scans ahead. Rejects with main's sentence where that cannot begin. */
export async function keepOffline(refs: readonly ScanRef[], source: Pick<Lab['offline'], 'keep'> = lab.offline): Promise<void> {
  const { operation } = await source.keep({ refs: archiveRefs(refs) })
  useOffline.setState({ operation })
}

/** Forgets these scans, all of them where `refs` is null, and reads what is left. */
export async function forgetKept(refs: ArchiveRef[] | null, source: Pick<Lab['offline'], 'forget' | 'list'> = lab.offline): Promise<void> {
  try {
    await source.forget({ refs })
    await readKept(source)
  } catch (error) {
    useOffline.setState({ problem: asScansideError(error) })
  }
}
