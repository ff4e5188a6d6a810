/** Decoding shared among a few workers: what a person waits for goes first. */
import { ScansideError } from '../../../oct/errors.ts'
import type { PixelCoding } from '../../../oct/scan.ts'
import type { DecodeReply, DecodeRequest } from './decode-worker.ts'

export interface Picture {
  coding: PixelCoding
  /** The bytes as they lie in the file; handed over and not to be used afterwards. */
  raw: ArrayBuffer
  /** px */
  width: number
  height: number
}

export interface Decoder {
  /**
   * Display values of a picture.
   * @param urgent tells, at the moment a worker is free, whether a person waits for this one
   * @param signal takes back what no worker has begun
   * @throws ScansideError as `decodePixels`
   */
  decode(picture: Picture, urgent: () => boolean, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>
  /** Starts the workers ahead of the first picture. */
  warm(): void
  /** Ends the workers; what was not decoded is cancelled. */
  close(): void
}

/** The part of a worker that is used. */
export interface WorkerLike {
  postMessage(message: DecodeRequest, transfer: Transferable[]): void
  terminate(): void
  onmessage: ((event: MessageEvent<DecodeReply>) => void) | null
  onerror: ((event: ErrorEvent) => void) | null
}

interface Job {
  picture: Picture
  urgent: () => boolean
  signal: AbortSignal
  resolve(pixels: Uint8Array<ArrayBuffer>): void
  reject(error: unknown): void
}
interface Desk {
  worker: WorkerLike
  job: Job | null
  clock: ReturnType<typeof setTimeout> | undefined
}

export interface PoolOptions {
  start(): WorkerLike
  /** workers at most */
  size: number
  /** ms after which a picture counts as one that never ends; its worker is replaced */
  patience: number
  /** ms without work after which the workers, and the memory of their decoders, go */
  rest: number
}

export function createDecodePool({ start, size, patience, rest }: PoolOptions): Decoder {
  const desks = new Set<Desk>()
  const waiting: Job[] = []
  let last = 0
  let resting: ReturnType<typeof setTimeout> | undefined

  const leave = (desk: Desk) => {
    clearTimeout(desk.clock)
    desk.worker.terminate()
    desks.delete(desk)
  }
  const hire = (): Desk => {
    const desk: Desk = { worker: start(), job: null, clock: undefined }
    desk.worker.onmessage = ({ data }) => {
      const { job } = desk
      clearTimeout(desk.clock)
      desk.job = null
      // The next picture is sent before anybody looks at this one.
      dispatch()
      if ('pixels' in data) job?.resolve(data.pixels)
      else job?.reject(new ScansideError(data.error.code, data.error.message, data.error.details))
    }
    desk.worker.onerror = () => fail(desk, broken())
    desks.add(desk)
    return desk
  }
  const fail = (desk: Desk, error: ScansideError) => {
    leave(desk)
    desk.job?.reject(error)
    dispatch()
  }
  const dispatch = () => {
    clearTimeout(resting)
    while (waiting.length > 0) {
      const desk = [...desks].find((one) => one.job === null) ?? (desks.size < size ? hire() : null)
      if (!desk) return
      const urgent = waiting.findIndex((job) => job.urgent())
      const [job] = waiting.splice(Math.max(0, urgent), 1)
      if (!job) return
      if (job.signal.aborted) {
        job.reject(cancelled())
        continue
      }
      last += 1
      desk.job = job
      desk.clock = setTimeout(() => fail(desk, endless()), patience)
      const { coding, raw, width, height } = job.picture
      desk.worker.postMessage({ id: last, coding, raw, width, height }, [raw])
    }
    if ([...desks].every((desk) => desk.job === null)) resting = setTimeout(() => [...desks].forEach(leave), rest)
  }

  return {
    decode: (picture, urgent, signal) =>
      new Promise((resolve, reject) => {
        waiting.push({ picture, urgent, signal, resolve, reject })
        dispatch()
      }),
    warm() {
      while (desks.size < size) hire()
      dispatch()
    },
    close() {
      clearTimeout(resting)
      for (const job of waiting.splice(0)) job.reject(cancelled())
      for (const desk of [...desks]) {
        leave(desk)
        desk.job?.reject(cancelled())
      }
    },
  }
}

const again = 'Nothing was changed; close the scan and open it again.'
const cancelled = () => new ScansideError('cancelled', 'The picture is no longer wanted.')
const broken = () => new ScansideError('internal', `The decoder of this picture ended. ${again}`)
const endless = () => new ScansideError('invalid-file', `A picture in this file could not be decoded in a minute. ${again}`)
