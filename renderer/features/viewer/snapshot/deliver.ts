/** Where a finished picture goes: the clipboard, or a file the person chooses. */
import { z } from 'zod'
import { ScansideError } from '../../../../oct/errors.ts'
import type { Lab } from '../../../lab.ts'
import { pageClipboard } from '../../../page-clipboard.ts'
import { putBytes, type Send } from '../../../upload.ts'

export type Outlet = 'clipboard' | 'file'
/** Answers false where the person chose no file. Rejects with a ScansideError. */
export type Deliver = (png: Blob, to: Outlet, name: string) => Promise<boolean>

const answerSchema = z.object({ done: z.boolean() })

/** In the desktop application main does both: the window has no permission for either. @param failed the sentence where nothing else is known */
export function throughMain(app: Pick<Lab['app'], 'pictureTicket'>, send: Send, failed: string): Deliver {
  return async (png, to, name) => {
    const { url } = await app.pictureTicket({ size: png.size, to, name })
    const answer = answerSchema.safeParse(await (await putBytes(send, url, png, failed)).json())
    return answer.success && answer.data.done
  }
}

/** In a browser the page does both itself, on the person's click. */
export function throughBrowser(refused: string): Deliver {
  return async (png, to, name) => {
    if (to === 'clipboard') {
      try {
        await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })])
        pageClipboard.copied()
      } catch (cause) {
        throw new ScansideError('not-supported', refused, {}, { cause })
      }
      return true
    }
    const address = URL.createObjectURL(png)
    const link = document.createElement('a')
    link.href = address
    link.download = name
    link.click()
    // The browser has taken the bytes over once the click is dealt with.
    setTimeout(() => URL.revokeObjectURL(address), 10_000)
    return true
  }
}
