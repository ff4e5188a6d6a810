/** Taking in a file a person chose or dropped. */
import { create } from 'zustand'
import type { ScansideError } from '../../oct/errors.ts'
import { asScansideError, type Lab } from '../lab.ts'
import { putBytes, type Send } from '../upload.ts'

/** Sends a file's bytes and answers the local id it can be opened and run with. Rejects with what the engine room said. */
export async function takeIn(scans: Pick<Lab['scans'], 'dropTicket'>, send: Send, file: Blob, failed: string): Promise<string> {
  const { url, local } = await scans.dropTicket({ size: file.size, name: file instanceof File ? file.name : '', set: null })
  await putBytes(send, url, file, failed)
  return local
}

interface Dropping {
  busy: boolean
  problem: ScansideError | null
}

export const useDropping = create<Dropping>(() => ({ busy: false, problem: null }))

/** Runs one taking-in at a time and keeps its problem for the notice. */
export async function whileDropping(work: () => Promise<void>): Promise<void> {
  if (useDropping.getState().busy) return
  useDropping.setState({ busy: true, problem: null })
  try {
    await work()
    useDropping.setState({ busy: false })
  } catch (error) {
    useDropping.setState({ busy: false, problem: asScansideError(error) })
  }
}
