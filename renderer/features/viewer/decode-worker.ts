/** Decodes B-scans away from the window's thread. One message in, one out, matched by id. */
import { decodeFrame, toDisplay } from '../../../oct/formats/vol.ts'

export interface DecodeRequest {
  id: number
  /** float32 little-endian, as it lies in the file */
  raw: ArrayBuffer
}
export interface DecodeReply {
  id: number
  /** u8 display values */
  pixels: Uint8Array<ArrayBuffer>
}

self.addEventListener('message', (event: MessageEvent<DecodeRequest>) => {
  const grey = toDisplay(decodeFrame(new Uint8Array(event.data.raw)))
  const reply: DecodeReply = { id: event.data.id, pixels: new Uint8Array(grey) }
  self.postMessage(reply, { transfer: [reply.pixels.buffer] })
})
