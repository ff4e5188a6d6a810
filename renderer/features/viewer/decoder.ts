/** The window's decoders: one pool of workers for every picture shown. */
import { startWorker } from '../../trusted-types.ts'
import { createDecodePool, type Decoder } from './decode-pool.ts'
import url from './decode-worker.ts?worker&url'

/** One processor is left to the window itself. */
export const decodeLanes = Math.min(4, Math.max(1, navigator.hardwareConcurrency - 1))

/** Workers start with the first picture and go half a minute after the last. */
export const decoder: Decoder = createDecodePool({ start: () => startWorker(url), size: decodeLanes, patience: 60_000, rest: 30_000 })
