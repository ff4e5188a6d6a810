/** A text main has made, from its `/bulk` address to a file the person has. */
import { z } from 'zod'
import { ScansideError } from '../../../oct/errors.ts'
import { wireErrorSchema } from '../../../preload/contract.ts'
import type { Lab } from '../../lab.ts'
import { putBytes, type Send } from '../../upload.ts'

const answerSchema = z.object({ done: z.boolean() })

/** GETs it, once. Rejects with main's own sentence, else with `failed`. */
export async function fetchText(send: Send, url: string, failed: string): Promise<Blob> {
  const answer = await send(url, {}).catch((cause: unknown) => {
    throw new ScansideError('internal', failed, {}, { cause })
  })
  if (answer.ok) return answer.blob()
  const said = wireErrorSchema.safeParse(await answer.json().catch(() => null))
  if (said.success) throw new ScansideError(said.data.code, said.data.message, said.data.details)
  throw new ScansideError('internal', failed, { status: answer.status })
}

/** In the desktop application main asks where to and writes it: the window may save nothing itself. False where no file was chosen. */
export async function saveThroughMain(app: Pick<Lab['app'], 'textTicket'>, send: Send, text: Blob, name: string, failed: string): Promise<boolean> {
  const { url } = await app.textTicket({ size: text.size, name })
  const answer = answerSchema.safeParse(await (await putBytes(send, url, text, failed)).json())
  return answer.success && answer.data.done
}

/** In a browser the page does it itself, on the person's click. */
export function downloadInBrowser(bytes: Blob, name: string): true {
  const address = URL.createObjectURL(bytes)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has taken the bytes over once the click is dealt with.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
  return true
}
