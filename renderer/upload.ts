/** Handing a file's bytes to the engine room by a ticket. */
import { ScansideError } from '../oct/errors.ts'
import { wireErrorSchema } from '../preload/contract.ts'

export type Send = (path: string, init: RequestInit) => Promise<Response>

/** PUTs the bytes to `/bulk/<ticket>`. Rejects with the engine room's own sentence, else with `failed`. */
export async function putBytes(send: Send, url: string, file: Blob, failed: string, signal?: AbortSignal): Promise<void> {
  let answer: Response
  try {
    // A bare Blob: a File carries its name, which goes nowhere.
    answer = await send(url, {
      method: 'PUT',
      body: file.slice(0, file.size, 'application/octet-stream'),
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    throw new ScansideError('invalid-file', failed, {}, { cause: error })
  }
  if (answer.ok) return
  const said = wireErrorSchema.safeParse(await answer.json().catch(() => null))
  if (said.success) throw new ScansideError(said.data.code, said.data.message, said.data.details)
  throw new ScansideError('invalid-file', failed, { status: answer.status })
}
