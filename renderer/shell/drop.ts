/** Taking in a file a person chose or dropped: its bytes go to main by a ticket, its name goes nowhere. */
import { create } from 'zustand'
import { ScansideError } from '../../oct/errors.ts'
import { asScansideError, type Lab } from '../lab.ts'

type Send = (path: string, init: RequestInit) => Promise<Response>

/** Sends a file's bytes and answers the local id it can be opened and run with. Rejects with what the engine room said. */
export async function takeIn(scans: Pick<Lab['scans'], 'dropTicket'>, send: Send, file: Blob, failed: string): Promise<string> {
  const { url, local } = await scans.dropTicket({ size: file.size })
  // A bare Blob: a File would carry its name along where a front builds a form of it.
  const answer = await send(url, { method: 'PUT', body: file.slice(0, file.size, 'application/octet-stream') })
  if (!answer.ok) throw new ScansideError('invalid-file', failed, { status: answer.status })
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
