/** Taking in scans a person chose or dropped. */
import { create } from 'zustand'
import { ScansideError } from '../../oct/errors.ts'
import { groupFiles } from '../../oct/formats/group.ts'
import type { ScanRef } from '../../preload/contract.ts'
import { asScansideError, type Lab } from '../lab.ts'
import { openViewer, useNavigation } from '../navigation.ts'
import { putBytes, type Send } from '../upload.ts'
import { type Found, type LookedAt, lookAt } from './dropped-files.ts'

/** Files on their way at once. */
const atOnce = 4

/** Sentences, by their key under `drop.` of the window's texts. */
export type Say = (key: 'failed' | 'empty' | 'notAScan' | 'picturesAlone' | 'tooMany') => string

export interface DropHands {
  scans: Pick<Lab['scans'], 'dropTicket'>
  send: Send
  say: Say
  signal: AbortSignal
  /** Where the scans are for the Inbox: told of each instead of opening it. */
  onTaken?: (local: string) => Promise<unknown>
}

/**
 * Sends the files of one scan and answers the local id it can be opened and run with. Names go along only where one file of a set names
 * another. Rejects with what the engine room said.
 * @param onFile told of every file that has arrived
 */
export async function takeIn({ scans, send, say, signal }: DropHands, files: readonly LookedAt[], onFile: () => void): Promise<string> {
  const named = files.some(({ kind }) => kind === 'heidelberg-xml')
  const sendOne = async ({ file, name }: LookedAt, set: string | null): Promise<string> => {
    const { url, local } = await scans.dropTicket({ size: file.size, name: named ? name.slice(-300) : '', set })
    await putBytes(send, url, file, say('failed'), signal)
    onFile()
    return local
  }
  const [first, ...rest] = files
  if (!first) throw new ScansideError('invalid-file', say('empty'))
  const local = await sendOne(first, null)
  const hand = async () => {
    for (let next = rest.shift(); next && !signal.aborted; next = rest.shift()) await sendOne(next, local)
  }
  try {
    await Promise.all(Array.from({ length: atOnce }, hand))
  } catch (error) {
    rest.length = 0
    throw error
  }
  signal.throwIfAborted()
  return local
}

/** Opens the first scan as soon as it is here, the others become its neighbours as they arrive; or hands each on, where `onTaken` says so. */
export async function takeInAll(hands: DropHands, found: readonly Found[], onProgress: (share: number) => void): Promise<void> {
  const { say } = hands
  if (found.length > 0 && found.every(({ file }) => file.size === 0)) throw new ScansideError('invalid-file', say('empty'))
  const groups = groupFiles(await lookAt(found))
  if (groups.problem) throw new ScansideError('invalid-file', say(groups.problem === 'pictures-alone' ? 'picturesAlone' : 'notAScan'))
  const total = groups.sets.reduce((sum, set) => sum + set.length, 0)
  let arrived = 0
  const refs: ScanRef[] = []
  for (const set of groups.sets) {
    const local = await takeIn(hands, set, () => {
      arrived++
      onProgress(arrived / total)
    })
    if (hands.onTaken) {
      await hands.onTaken(local)
      continue
    }
    refs.push({ kind: 'local', local })
    const [first] = refs
    if (refs.length === 1 && first) openViewer(first, [first])
    else addNeighbours(refs)
  }
}

/** The open viewer steps through these, where it still shows scans of this drop. */
function addNeighbours(refs: readonly ScanRef[]): void {
  const mine = new Set(refs.map((ref) => (ref.kind === 'local' ? ref.local : '')))
  useNavigation.setState(({ viewer }) =>
    viewer?.ref.kind === 'local' && mine.has(viewer.ref.local) ? { viewer: { ...viewer, among: [...refs] } } : { viewer },
  )
}

interface Dropping {
  busy: boolean
  /** Share of the files that have arrived; null while they are looked at. */
  progress: number | null
  problem: ScansideError | null
  stop: () => void
}

export const useDropping = create<Dropping>(() => ({ busy: false, progress: null, problem: null, stop: () => undefined }))

/** Runs one taking-in at a time and keeps its problem for the notice. */
export async function whileDropping(work: (signal: AbortSignal, onProgress: (share: number) => void) => Promise<void>): Promise<void> {
  if (useDropping.getState().busy) return
  const abort = new AbortController()
  useDropping.setState({ busy: true, progress: null, problem: null, stop: () => abort.abort() })
  try {
    await work(abort.signal, (progress) => useDropping.setState({ progress }))
    useDropping.setState({ busy: false })
  } catch (error) {
    // A person who stopped it knows.
    useDropping.setState({ busy: false, problem: abort.signal.aborted ? null : asScansideError(error) })
  }
}
