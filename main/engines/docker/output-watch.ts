/**
 * How much a run has written, looked at while it writes. The engines' own volumes know no quota, so one file is bounded by the kernel
 * (`hardening.ts`), and all of them together by this: the run is ended before it fills the disk.
 */
import type { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { extract } from 'tar-stream'
import { z } from 'zod'
import { ScansideError } from '../../../oct/errors.ts'
import type { RunLimits } from '../engine.ts'

type OutputLimits = Pick<RunLimits, 'outputBytes' | 'outputFiles'>

/** What a run has in its writable volumes: bytes, and entries; null where it is not known. */
export interface Written {
  bytes: number | null
  entries: number | null
}

/** A pipeline may hold files it removes again: as many times more than what is taken of it in the end. */
const whileRunning = 2

/** Why a run is to be ended now, as a sentence; null where it may go on. Pure. */
export function exceeds({ bytes, entries }: Written, limits: OutputLimits): { rule: 'size' | 'count'; message: string } | null {
  const ended = 'so it was ended. Nothing of its output was taken; the scans are untouched. Tell whoever made the pipeline.'
  if (bytes !== null && bytes > limits.outputBytes * whileRunning) {
    const megabytes = Math.floor((limits.outputBytes * whileRunning) / 1_000_000)
    return { rule: 'size', message: `The analysis wrote more than ${megabytes} MB of files, ${ended}` }
  }
  if (entries !== null && entries > limits.outputFiles * whileRunning) {
    return { rule: 'count', message: `The analysis wrote more than ${limits.outputFiles * whileRunning} files, ${ended}` }
  }
  return null
}

/** 128 + SIGXFSZ: the kernel ended it at the bound of one file. A pipeline that catches the signal ends in its own way. */
export const fileTooLargeCode = 128 + 25

export const fileTooLarge = ({ outputBytes }: OutputLimits): ScansideError =>
  new ScansideError(
    'output-refused',
    `The analysis wrote a file of more than ${Math.floor(outputBytes / 1_000_000)} MB, so it was ended. ` +
      'Nothing of its output was taken; the scans are untouched. Tell whoever made the pipeline.',
    { rule: 'size' },
  )

/** How long to leave the engine alone after a look that took so long: it is to spend a small part of its time on them. ms. Pure. */
export const pauseAfter = (tookMs: number): number => Math.min(60_000, Math.max(1_500, tookMs * 8))

const usageSchema = z.object({
  Volumes: z.array(z.object({ Name: z.string(), UsageData: z.object({ Size: z.number() }).nullish() })).nullish(),
})

/** Bytes of every volume of an engine, by name. */
export type VolumeSizes = () => Promise<ReadonlyMap<string, number>>

/** Looks of several runs at once are one: an older Docker refuses a second. */
export function createVolumeSizes(docker: Docker): VolumeSizes {
  let looking: Promise<ReadonlyMap<string, number>> | null = null
  const look = async () => {
    // dockerode's own `df` cannot be asked for volumes alone; an engine that does not know the question answers with everything.
    const options = { path: '/system/df?', method: 'GET', options: { _query: { type: 'volume' } }, statusCodes: { 200: true, 500: 'server error' } }
    const told = await new Promise<unknown>((resolve, reject) => docker.modem.dial(options, (fault, data) => (fault ? reject(fault) : resolve(data))))
    const { Volumes } = usageSchema.parse(told)
    return new Map((Volumes ?? []).map(({ Name, UsageData }) => [Name, UsageData?.Size ?? -1]))
  }
  return () => {
    looking ??= look().finally(() => {
      looking = null
    })
    return looking
  }
}

/** Counts the entries below a folder of a container until there are more than `limit`; their bytes flow by, and are not kept. */
export async function countEntries(stager: Docker.Container, path: string, limit: number, signal: AbortSignal): Promise<number> {
  const source = (await stager.getArchive({ path, abortSignal: signal })) as unknown as Readable
  const untar = extract()
  source.once('error', (fault) => untar.destroy(fault))
  source.once('close', () => {
    if (!source.readableEnded) untar.destroy(new Error('the stream of outputs broke off'))
  })
  source.pipe(untar)
  let entries = 0
  try {
    for await (const entry of untar) {
      entry.resume()
      entries += 1
      if (entries > limit) break
    }
    return entries
  } finally {
    untar.destroy()
    source.destroy()
  }
}

export interface OutputWatch {
  sizes: VolumeSizes
  stager: Docker.Container
  /** Writable volumes, and where each lies in the stager. */
  volumes: { name: string; path: string }[]
  limits: OutputLimits
  now(): number
}

/** Names cost a pipeline nothing, and folders within folders the engine much: they are looked at soon. */
const firstCountMs = 500

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })

/**
 * Resolves with `output-refused` as soon as a run has written too much, and with null once `signal` aborts. What an engine does not tell
 * is not known: what is left is checked again when it is collected.
 */
export async function watchOutput({ sizes, stager, volumes, limits, now }: OutputWatch, signal: AbortSignal): Promise<ScansideError | null> {
  const looking = new AbortController()
  const both = AbortSignal.any([signal, looking.signal])
  const again = async (look: () => Promise<Written>, firstMs: number): Promise<ScansideError | null> => {
    let wait = firstMs
    while (!both.aborted) {
      await pause(wait, both)
      if (both.aborted) break
      const began = now()
      const written = await look().catch((): Written => ({ bytes: null, entries: null }))
      wait = pauseAfter(now() - began)
      const found = exceeds(written, limits)
      if (found !== null) return new ScansideError('output-refused', found.message, { rule: found.rule })
    }
    return null
  }
  const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + Math.max(0, number), 0)
  const bytes = async (): Promise<Written> => {
    const all = await sizes()
    return { bytes: sum(volumes.map(({ name }) => all.get(name) ?? 0)), entries: null }
  }
  const entries = async (): Promise<Written> => {
    const most = limits.outputFiles * whileRunning
    return { bytes: null, entries: sum(await Promise.all(volumes.map(({ path }) => countEntries(stager, path, most, both)))) }
  }
  try {
    const found = (look: () => Promise<Written>, firstMs: number) =>
      again(look, firstMs).then((refusal) => {
        // The first that finds something ends both.
        if (refusal !== null) looking.abort()
        return refusal
      })
    const [size, count] = await Promise.all([found(bytes, pauseAfter(0)), found(entries, firstCountMs)])
    return size ?? count
  } finally {
    looking.abort()
  }
}
