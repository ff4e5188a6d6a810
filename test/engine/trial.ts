/** An engine on trial: what the parts of its contract share. Nothing of any test may be left when it ends. */
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import Docker from 'dockerode'
import { afterEach, beforeAll, expect } from 'vitest'
import { parseEndpoint } from '../../main/engines/docker/endpoint.ts'
import type { EngineImage } from '../../main/engines/docker/images.ts'
import { labelFilter, labelNames } from '../../main/engines/docker/labels.ts'
import type { InputRef, RunSpec, Workspace } from '../../main/engines/engine.ts'
import type { ErrorCode } from '../../oct/errors.ts'
import { busyboxStream } from './busybox-image.ts'
import { openTestEngine } from './test-engine.ts'

export const megabyte = 1024 * 1024
export const never = new AbortController().signal

export const limits: RunSpec['limits'] = {
  memoryBytes: 64 * megabyte,
  cpus: 1,
  pids: 64,
  deadlineMs: 30_000,
  outputBytes: 4 * megabyte,
  outputFiles: 20,
  outputDepth: 3,
  logBytes: 20_000,
}

export const local = (path: string, text: string, more: { size?: number; sha256?: string } = {}): InputRef => ({
  kind: 'local',
  path,
  size: more.size ?? Buffer.byteLength(text),
  ...(more.sha256 === undefined ? {} : { sha256: more.sha256 }),
  read: async () => Readable.from([Buffer.from(text)]),
})

export const refusal = (code: ErrorCode, details: Record<string, unknown> = {}) =>
  expect.objectContaining({ code, ...(Object.keys(details).length === 0 ? {} : { details: expect.objectContaining(details) }) })

/** One engine, one installation. `around` is to be called within a `describe`. */
export function createTrial(address: string) {
  const endpoint = parseEndpoint(address)
  if (endpoint?.kind !== 'socket') throw new Error(`${address} is no socket`)
  const raw = new Docker(Object.assign({ socketPath: endpoint.path, protocol: 'http' as const }, { host: undefined }))
  const { engine, debts, install } = openTestEngine(address)
  let image: EngineImage | null = null
  const loaded = (): EngineImage => {
    if (image === null) throw new Error('the image is not loaded yet')
    return image
  }

  const spec = (script: string, more: Partial<RunSpec> = {}): RunSpec => ({
    runId: randomUUID(),
    imageId: loaded().id,
    argv: ['/bin/busybox', 'sh', '-c', script],
    env: {},
    workingDir: null,
    mounts: [
      { name: 'in', path: '/input', writable: false },
      { name: 'out', path: '/output', writable: true },
    ],
    limits,
    ...more,
  })

  /** Stages, starts and waits; the caller collects and wipes. */
  const ran = async (script: string, more: Partial<RunSpec> = {}, inputs: InputRef[] = []) => {
    const workspace = await engine.open(spec(script, more))
    opened.push(workspace)
    await workspace.stage(
      inputs.map((ref) => ({ mount: 'in', ref })),
      never,
      () => {},
    )
    const lines: { stream: string; text: string }[] = []
    await workspace.start(never, ({ stream, text }) => lines.push({ stream, text }))
    const exit = await workspace.wait(never)
    return { workspace, exit, lines, text: lines.filter(({ stream }) => stream === 'stdout').map((line) => line.text) }
  }

  const left = async (): Promise<string[]> => {
    const filters = labelFilter([labelNames.install, install])
    const [containers, volumes] = await Promise.all([raw.listContainers({ all: true, filters }), raw.listVolumes({ filters })])
    return [...containers.flatMap(({ Names }) => Names), ...(volumes.Volumes ?? []).map(({ Name }) => Name)]
  }

  const opened: Workspace[] = []

  const around = (): void => {
    beforeAll(async () => {
      image = await engine.images.load(await busyboxStream({ labels: { 'org.nrg.commands': '[]' } }), never, () => {})
    })

    afterEach(async () => {
      for (const workspace of opened.splice(0)) expect(await workspace.wipe()).toMatchObject({ complete: true, owed: [] })
      expect(await left()).toEqual([])
      expect(debts.all).toEqual([])
    })
  }
  return { raw, engine, debts, install, image: loaded, spec, ran, left, opened, around }
}
