/** What every engine keeps, whatever it runs: its inputs as announced, its deadline, its end, and nothing held afterwards. */
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import type { Engine, InputRef, RunSpec, WipeReport } from '../../main/engines/engine.ts'
import type { ErrorCode } from '../../oct/errors.ts'

const never = new AbortController().signal

export interface EngineOnTrial {
  engine(): Engine
  /** A run that reads `/input` and leaves one file of results; `input` is one it takes. */
  short(): RunSpec
  input: Uint8Array
  /** One that does not end by itself while `input` is its input. */
  endless(): RunSpec
}

const refusal = (code: ErrorCode) => expect.objectContaining({ code })
const whole: Partial<WipeReport> = { complete: true, owed: [] }

/** To be called within a `describe`. */
export function commonContract({ engine, short, input, endless }: EngineOnTrial): void {
  const local = (path: string, more: { size?: number; sha256?: string } = {}): InputRef => ({
    kind: 'local',
    path,
    size: more.size ?? input.length,
    ...(more.sha256 === undefined ? {} : { sha256: more.sha256 }),
    read: async () => Readable.from([Buffer.from(input.subarray(0, 100)), Buffer.from(input.subarray(100))]),
  })
  const mountOf = (spec: RunSpec) => spec.mounts.find(({ writable }) => !writable)?.name ?? ''
  const outOf = (spec: RunSpec) => spec.mounts.find(({ writable }) => writable)?.name ?? ''
  const opened = async (spec: RunSpec) => ({ spec, workspace: await engine().open({ ...spec, runId: randomUUID() }) })

  it('is ready, and says which inputs it takes', async () => {
    expect(await engine().probe()).toMatchObject({ state: 'ready', remote: false, inputKinds: ['archive', 'local'] })
  })

  it('confirms what it was given, and gives out what was made of it', async () => {
    const { spec, workspace } = await opened(short())
    const progress: number[] = []
    const mount = mountOf(spec)
    const staged = await workspace.stage([{ mount, ref: local('SCANS/1/VOL/scan-1.vol') }], never, (bytes) => progress.push(bytes))
    expect(staged).toEqual([{ path: 'SCANS/1/VOL/scan-1.vol', size: input.length, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }])
    expect(progress.at(-1)).toBe(input.length)
    await workspace.start(never, () => {})
    expect(await workspace.wait(never)).toEqual({ exitCode: 0, outOfMemory: false, timedOut: false })
    expect(await workspace.collect(outOf(spec), never)).toHaveLength(1)
    await expect(workspace.collect(mount, never)).rejects.toEqual(refusal('invalid-argument'))
    const report = await workspace.wipe()
    expect(report).toMatchObject(whole)
    for (const item of report.items) expect(item).toMatchObject({ removedAt: expect.any(String), check: expect.any(String) })
  })

  it('refuses an input that is shorter, longer or other than announced, or is called so that it would leave its place', async () => {
    const { length } = input
    const wrong: [InputRef, ErrorCode][] = [
      [local('a.vol', { size: length + 1 }), 'integrity'],
      [local('a.vol', { size: length - 1 }), 'integrity'],
      [local('a.vol', { sha256: '0'.repeat(64) }), 'integrity'],
      [local('../a.vol'), 'invalid-argument'],
    ]
    for (const [ref, code] of wrong) {
      const { spec, workspace } = await opened(short())
      await expect(workspace.stage([{ mount: mountOf(spec), ref }], never, () => {})).rejects.toEqual(refusal(code))
      expect(await workspace.wipe()).toMatchObject(whole)
    }
  })

  it('passes on why an input could not be read', async () => {
    const { spec, workspace } = await opened(short())
    const failing = async function* () {
      yield Buffer.from(input.subarray(0, 10))
      throw new Error('the archive went away')
    }
    const ref: InputRef = { ...local('a.vol'), read: async () => Readable.from(failing()) }
    await expect(workspace.stage([{ mount: mountOf(spec), ref }], never, () => {})).rejects.toThrow()
    expect(await workspace.wipe()).toMatchObject(whole)
  })

  it('can be cancelled while inputs flow, and while it runs', async () => {
    const cancel = new AbortController()
    const flowing = await opened(short())
    const ref: InputRef = {
      ...local('a.vol'),
      size: 8_000_000,
      read: async () =>
        Readable.from(
          (async function* () {
            for (;;) {
              yield Buffer.alloc(1000)
              cancel.abort()
              await new Promise((resolve) => setImmediate(resolve))
            }
          })(),
        ),
    }
    await expect(flowing.workspace.stage([{ mount: mountOf(flowing.spec), ref }], cancel.signal, () => {})).rejects.toEqual(refusal('cancelled'))
    expect(await flowing.workspace.wipe()).toMatchObject(whole)
    const running = await opened(endless())
    const stop = new AbortController()
    await running.workspace.stage([{ mount: mountOf(running.spec), ref: local('a.vol') }], never, () => {})
    await running.workspace.start(never, () => {})
    const waited = running.workspace.wait(stop.signal)
    stop.abort()
    await expect(waited).rejects.toEqual(refusal('cancelled'))
    expect(await running.workspace.wipe()).toMatchObject(whole)
  })

  it('ends a run at its deadline', async () => {
    const spec = endless()
    const { workspace } = await opened({ ...spec, limits: { ...spec.limits, deadlineMs: 300 } })
    await workspace.stage([{ mount: mountOf(spec), ref: local('a.vol') }], never, () => {})
    await workspace.start(never, () => {})
    expect((await workspace.wait(never)).timedOut).toBe(true)
    expect(await workspace.wipe()).toMatchObject(whole)
  })

  it('wipes what runs, what never came to be, and again', async () => {
    const { spec, workspace } = await opened(endless())
    await workspace.stage([{ mount: mountOf(spec), ref: local('a.vol') }], never, () => {})
    await workspace.start(never, () => {})
    expect(await workspace.wipe()).toMatchObject(whole)
    expect(await workspace.wipe()).toMatchObject(whole)
    expect(await (await opened(short())).workspace.wipe()).toEqual({ items: [], ...whole })
  })
}
