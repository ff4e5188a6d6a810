/** Handing a file's bytes to the engine room by a ticket. */
import { ScansideError } from '../oct/errors.ts'
import { wireErrorSchema } from '../preload/contract.ts'

export type Send = (path: string, init: RequestInit) => Promise<Response>

/** PUTs the bytes to `/bulk/<ticket>` and answers what the engine room answered. Rejects with its own sentence, else with `failed`. */
export async function putBytes(send: Send, url: string, file: Blob, failed: string, signal?: AbortSignal): Promise<Response> {
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
  if (answer.ok) return answer
  const said = wireErrorSchema.safeParse(await answer.json().catch(() => null))
  if (said.success) throw new ScansideError(said.data.code, said.data.message, said.data.details)
  throw new ScansideError('invalid-file', failed, { status: answer.status })
}
