/** Decodes pictures away from the window's thread. One message in, one out, matched by id. */
import charls from '@cornerstonejs/codec-charls/decodewasm?url'
import turbo from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm?url'
import openjpeg from '@cornerstonejs/codec-openjpeg/decodewasm?url'
import openjph from '@cornerstonejs/codec-openjph/wasm?url'
import { createCodecs, type WasmName } from '../../../oct/codecs/index.ts'
import { type ErrorCode, type ErrorDetails, ScansideError } from '../../../oct/errors.ts'
import { decodePixels } from '../../../oct/formats/decode.ts'
import type { PixelCoding } from '../../../oct/scan.ts'

export interface DecodeRequest {
  id: number
  coding: PixelCoding
  /** The picture's bytes as they lie in the file. */
  raw: ArrayBuffer
  /** px, as the scan's metadata says */
  width: number
  height: number
}
export type DecodeReply =
  /** u8 display values */
  { id: number; pixels: Uint8Array<ArrayBuffer> } | { id: number; error: { code: ErrorCode; message: string; details: ErrorDetails } }

const addresses: Record<WasmName, string> = { openjpeg, openjph, 'libjpeg-turbo': turbo, charls }

const codecs = createCodecs(async (name) => {
  const answer = await fetch(addresses[name])
  if (!answer.ok) throw new Error(`no ${name} here: ${answer.status}`)
  return new Uint8Array(await answer.arrayBuffer())
})

self.addEventListener('message', async (event: MessageEvent<DecodeRequest>) => {
  const { id, coding, raw, width, height } = event.data
  try {
    const pixels = await decodePixels(coding, new Uint8Array(raw), { width, height }, codecs)
    answer({ id, pixels }, [pixels.buffer])
  } catch (error) {
    const { code, message, details } = error instanceof ScansideError ? error : unexpected(error)
    answer({ id, error: { code, message, details } }, [])
  }
  free(raw)
})

function answer(reply: DecodeReply, transfer: Transferable[]): void {
  self.postMessage(reply, { transfer })
}

function unexpected(cause: unknown): ScansideError {
  return new ScansideError('internal', 'The picture could not be decoded. Nothing was changed; close the scan and open it again.', {}, { cause })
}

/**
 * Gives a buffer's memory back at once, by handing it to a port that closes unread. A volume is hundreds of megabytes of these; the collector
 * does not see how large they are and would let them lie about.
 */
function free(buffer: ArrayBuffer): void {
  const { port1, port2 } = new MessageChannel()
  port1.postMessage(buffer, [buffer])
  port2.close()
  port1.close()
}
