/** Decodes frames away from the window's thread. One message in, one out, matched by id. */
import { displayValues } from './decode.ts'

export interface DecodeRequest {
  id: number
  raw: ArrayBuffer
}
export interface DecodeReply {
  id: number
  pixels: Uint8Array<ArrayBuffer>
}

self.addEventListener('message', (event: MessageEvent<DecodeRequest>) => {
  const reply: DecodeReply = { id: event.data.id, pixels: displayValues(event.data.raw) }
  self.postMessage(reply, { transfer: [reply.pixels.buffer] })
})
