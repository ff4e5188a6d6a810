/** What every engine keeps, wherever it runs: its inputs as announced, its deadline, its end, and nothing held afterwards. */
import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import type { Engine, InputRef, RunSpec, StagedFile, WipeReport } from '../../main/engines/engine.ts'
import type { ErrorCode } from '../../oct/errors.ts'

const never = new AbortController().signal

/** How an input is other than it is announced. */
export interface InputFault {
  /** bytes, as announced */
  size?: number
  /** As announced: SHA-256 of an input from here, MD5 of one in the archive. */
  digest?: string
  /** Whoever has it breaks off, or does not give it out. */
  unreadable?: boolean
}

/** In what an engine differs whose machine fetches and sends by itself. Left out: it streams, as a desk's does. */
export interface RemoteTrial {
  /** `input` as that machine can have it: a file of the archive. */
  input(path: string, fault?: InputFault): InputRef
  inputKinds: InputRef['kind'][]
  /** What is said of an input the archive does not give out. */
  unreadable: ErrorCode
  /** Milliseconds after which an endless run is ended; the machine must have begun by then. */
  deadlineMs: number
}

export interface EngineOnTrial {
  engine(): Engine
  /** A run that reads `/input` and leaves one file of results, as an engine at a desk or in the cloud needs it; `input` is one it takes. */
  short(run: string): RunSpec
  input: Uint8Array
  /** One that does not end by itself while `input` is its input. */
  endless(run: string): RunSpec
  remote?: RemoteTrial
}

const refusal = (code: ErrorCode) => expect.objectContaining({ code })
const whole: Partial<WipeReport> = { complete: true, owed: [] }
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Streams `input` from here; an unreadable one breaks off on the way. */
const fromHere =
  (input: Uint8Array) =>
  (path: string, { size = input.length, digest, unreadable = false }: InputFault = {}): InputRef => {
    const pieces = async function* () {
      yield Buffer.from(input.subarray(0, 100))
      if (unreadable) throw new Error('the archive went away')
      yield Buffer.from(input.subarray(100))
    }
    return { kind: 'local', path, size, ...(digest === undefined ? {} : { sha256: digest }), read: async () => Readable.from(pieces()) }
  }

/** To be called within a `describe`. */
export function commonContract({ engine, short, input, endless, remote }: EngineOnTrial): void {
  const inputOf = remote?.input ?? fromHere(input)
  const mountOf = (spec: RunSpec) => spec.mounts.find(({ writable }) => !writable)?.name ?? ''
  const outOf = (spec: RunSpec) => spec.mounts.find(({ writable }) => writable)?.name ?? ''

  const opened = async (specOf: (run: string) => RunSpec, limits: Partial<RunSpec['limits']> = {}) => {
    const runId = randomUUID()
    const made = specOf(runId)
    const spec = { ...made, runId, limits: { ...made.limits, ...limits } }
    const workspace = await engine().open(spec)
    const stage = (ref: InputRef, signal = never, onProgress: (bytes: number) => void = () => {}): Promise<StagedFile[]> =>
      workspace.stage([{ mount: mountOf(spec), ref }], signal, onProgress)
    return { spec, workspace, stage }
  }

  /** An engine that streams refuses while it does; one whose machine fetches may say it as late as at the end. */
  const attempted = async (ref: InputRef) => {
    const { workspace, stage } = await opened(short)
    const run = async (): Promise<unknown> => {
      const staged = await stage(ref)
      if (remote === undefined) return staged
      await workspace.start(never, () => {})
      return await workspace.wait(never)
    }
    return { workspace, outcome: run() }
  }

  it('is ready, and says which inputs it takes', async () => {
    const inputKinds = remote?.inputKinds ?? ['archive', 'local']
    expect(await engine().probe()).toMatchObject({ state: 'ready', remote: remote !== undefined, inputKinds })
  })

  it('confirms what it was given, and gives out what was made of it', async () => {
    const { spec, workspace, stage } = await opened(short)
    const progress: number[] = []
    const path = 'SCANS/1/VOL/scan-1.vol'
    const staged = await stage(inputOf(path), never, (bytes) => progress.push(bytes))
    expect(staged).toEqual([{ path, size: input.length, sha256: remote === undefined ? sha256(input) : null }])
    if (remote === undefined) expect(progress.at(-1)).toBe(input.length)
    await workspace.start(never, () => {})
    const exit = await workspace.wait(never)
    expect(exit).toMatchObject({ exitCode: 0, outOfMemory: false, timedOut: false })
    expect(exit.given ?? staged).toEqual([{ path, size: input.length, sha256: sha256(input) }])
    const [output, ...more] = await workspace.collect(outOf(spec), never)
    expect(more).toEqual([])
    expect(output).toMatchObject({ kind: remote === undefined ? 'stream' : 'archived', size: output?.bytes.length })
    expect(output?.sha256).toBe(sha256(output?.bytes ?? new Uint8Array()))
    await expect(workspace.collect(mountOf(spec), never)).rejects.toEqual(refusal('invalid-argument'))
    const report = await workspace.wipe()
    expect(report).toMatchObject(whole)
    for (const item of report.items) expect(item).toMatchObject({ removedAt: expect.any(String), check: expect.any(String) })
  })

  const wrongDigest = '0'.repeat(remote === undefined ? 64 : 32)
  it.each<[string, string, InputFault, ErrorCode]>([
    ['is shorter than announced', 'a.vol', { size: input.length + 1 }, 'integrity'],
    ['is longer than announced', 'a.vol', { size: input.length - 1 }, 'integrity'],
    ['is other than announced', 'a.vol', { digest: wrongDigest }, 'integrity'],
    ['is called so that it would leave its place', '../a.vol', {}, 'invalid-argument'],
  ])('refuses an input that %s', async (_, path, fault, code) => {
    const { workspace, outcome } = await attempted(inputOf(path, fault))
    await expect(outcome).rejects.toEqual(refusal(code))
    expect(await workspace.wipe()).toMatchObject(whole)
  })

  it('passes on why an input could not be read', async () => {
    const { workspace, outcome } = await attempted(inputOf('a.vol', { unreadable: true }))
    if (remote === undefined) await expect(outcome).rejects.toThrow()
    else await expect(outcome).rejects.toEqual(refusal(remote.unreadable))
    expect(await workspace.wipe()).toMatchObject(whole)
  })

  it('can be cancelled while inputs flow', async () => {
    const cancel = new AbortController()
    const { workspace, stage } = await opened(short)
    const endlessly = async function* () {
      for (;;) {
        yield Buffer.alloc(1000)
        cancel.abort()
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    const flowing: InputRef =
      remote === undefined ? { kind: 'local', path: 'a.vol', size: 8_000_000, read: async () => Readable.from(endlessly()) } : inputOf('a.vol')
    const staging = stage(flowing, cancel.signal)
    // What a machine will fetch is not streamed from here: it is cancelled as soon as it was asked for.
    if (remote !== undefined) cancel.abort()
    await expect(staging).rejects.toEqual(refusal('cancelled'))
    expect(await workspace.wipe()).toMatchObject(whole)
  })

  it('can be cancelled while it runs', async () => {
    const { workspace, stage } = await opened(endless)
    const stop = new AbortController()
    await stage(inputOf('a.vol'))
    await workspace.start(never, () => {})
    const waited = workspace.wait(stop.signal)
    stop.abort()
    await expect(waited).rejects.toEqual(refusal('cancelled'))
    expect(await workspace.wipe()).toMatchObject(whole)
  })

  it('ends a run at its deadline', async () => {
    const { workspace, stage } = await opened(endless, { deadlineMs: remote?.deadlineMs ?? 300 })
    await stage(inputOf('a.vol'))
    await workspace.start(never, () => {})
    expect((await workspace.wait(never)).timedOut).toBe(true)
    expect(await workspace.wipe()).toMatchObject(whole)
  })

  it('wipes what runs, what never came to be, and again', async () => {
    const { workspace, stage } = await opened(endless)
    await stage(inputOf('a.vol'))
    await workspace.start(never, () => {})
    expect(await workspace.wipe()).toMatchObject(whole)
    expect(await workspace.wipe()).toMatchObject(whole)
    expect(await (await opened(short)).workspace.wipe()).toMatchObject({ items: [], ...whole })
  })
}
