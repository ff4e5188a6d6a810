/** Decoding in a worker, as a function. */
import { startWorker } from '../../trusted-types.ts'
import type { DecodeReply, DecodeRequest } from './decode-worker.ts'
import url from './decode-worker.ts?worker&url'

export interface Decoder {
  /** Display values of raw reflectivity; `raw` is handed over and must not be used afterwards. */
  decode(raw: ArrayBuffer): Promise<Uint8Array<ArrayBuffer>>
  close(): void
}

/** Starts the worker; `close` ends it, and what it had not answered stays unanswered. */
export function startDecoder(): Decoder {
  const worker = startWorker(url)
  const waiting = new Map<number, { resolve: (pixels: Uint8Array<ArrayBuffer>) => void; reject: (error: unknown) => void }>()
  let last = 0
  worker.onmessage = (event: MessageEvent<DecodeReply>) => {
    waiting.get(event.data.id)?.resolve(event.data.pixels)
    waiting.delete(event.data.id)
  }
  worker.onerror = () => {
    for (const one of waiting.values()) one.reject(new Error('the decoding worker failed'))
    waiting.clear()
  }
  return {
    decode: (raw) =>
      new Promise((resolve, reject) => {
        last += 1
        waiting.set(last, { resolve, reject })
        const request: DecodeRequest = { id: last, raw }
        worker.postMessage(request, [raw])
      }),
    close: () => worker.terminate(),
  }
}
