/** The Zun engine, by the contract of engines and by what is its own: the image this project ships really carries itself, over a real Swift. */
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { volume } from '../../main/archive/lab.fixture.ts'
import { labelNames } from '../../main/engines/docker/labels.ts'
import type { InputRef, RunSpec } from '../../main/engines/engine.ts'
import { remoteName } from '../../main/engines/remote/job.ts'
import { zunCannotProve, zunWarning } from '../../main/engines/zun/engine.ts'
import type { ErrorCode } from '../../oct/errors.ts'
import { resultsSchema } from '../../oct/results.ts'
import { commonContract, type InputFault } from '../engine/common.ts'
import { debtsInMemory } from '../engine/test-engine.ts'
import { type House, openHouse } from './house.ts'

const never = new AbortController().signal
let house: House

beforeAll(async () => {
  house = await openHouse()
}, 240_000)
afterAll(() => house.stop())
afterEach(async () => {
  expect(await house.left()).toEqual([])
  expect(house.debts).toEqual([])
})

const spec = (run: string, argv: string[] | null): RunSpec => ({
  runId: run,
  imageId: 'unused',
  image: { name: house.image, digest: '0'.repeat(64) },
  home: { archive: 'lab', session: house.session, name: `oct-quality/2.0.0/${run}/results.json` },
  argv,
  env: {},
  workingDir: null,
  mounts: [
    { name: 'input', path: '/input', writable: false },
    { name: 'output', path: '/output', writable: true },
  ],
  limits: {
    memoryBytes: 512 * 1024 * 1024,
    cpus: 1,
    pids: 64,
    deadlineMs: 60_000,
    outputBytes: 1e7,
    outputFiles: 9,
    outputDepth: 3,
    logBytes: 20_000,
  },
})
const judging = (run: string) => spec(run, ['/node', '/app.mjs', '--series=true', '--profile=oscar-ib-2'])
const endless = (run: string) => spec(run, ['/node', '-e', 'setInterval(() => {}, 1000)'])

/** The archive's scan, as a machine fetches it. */
const input = (path: string, { size = volume.length, digest, unreadable = false }: InputFault = {}): InputRef => {
  const uri = unreadable ? house.file.uri.replace(/[^/]+$/, 'gone.vol') : house.file.uri
  const md5 = digest ?? house.file.md5
  return { kind: 'archive', uri, path, size, read: () => house.lab.xnat.read(house.file, never), original: { size, md5, changes: [] } }
}
const refusal = (code: ErrorCode, message?: RegExp) =>
  expect.objectContaining({ code, ...(message ? { message: expect.stringMatching(message) } : {}) })

describe('the Zun engine, by the contract of engines', () => {
  commonContract({
    engine: () => house.engine(),
    short: judging,
    endless,
    input: volume,
    remote: { input, inputKinds: ['archive'], unreadable: 'not-found', deadlineMs: 1_500 },
  })
})

describe('the Zun engine', () => {
  const begun = async (engine = house.engine(), of: (run: string) => RunSpec = judging) => {
    const made = of(randomUUID())
    const workspace = await engine.open(made)
    await workspace.stage([{ mount: 'input', ref: input('scan-1.vol') }], never, () => {})
    return { workspace, spec: made }
  }

  it('says what isolation Zun cannot give', async () => {
    const health = await house.engine().probe()
    expect(health).toMatchObject({ kind: 'zun', version: '1.20', remote: true })
    expect(health.message).toContain(zunWarning)
  })

  it('tells the container one link and the certificates, passes its log on, and says what it cannot prove', async () => {
    const { workspace, spec } = await begun()
    const lines: string[] = []
    await workspace.start(never, ({ stream, text }) => lines.push(`${stream}: ${text}`))
    const [capsule] = (await house.cloud.capsules?.capsulesNamed(remoteName(spec.runId))) ?? []
    expect(capsule?.labels).toMatchObject({ [labelNames.install]: house.install, [labelNames.run]: spec.runId })
    const [container] = await house.containers()
    const { Config } = await house.docker.getContainer(container?.Id ?? '').inspect()
    expect(Config.Env.map((each) => each.split('=')[0])).toEqual(expect.arrayContaining(['SCANSIDE_JOB', 'SCANSIDE_CA']))
    expect(Config.Env.join('\n')).not.toMatch(/alias|"secret"|Mustermann/)
    expect((await workspace.wait(never)).exitCode).toBe(0)
    const console = (await house.cloud.capsules?.logs(capsule?.uuid ?? '')) ?? ''
    expect(
      console
        .trim()
        .split('\n')
        .every((line) => line.startsWith(`scanside ${spec.runId} `)),
    ).toBe(true)
    expect(lines).toContain('stdout: progress 1/1')
    const [output] = await workspace.collect('output', never)
    expect(resultsSchema.parse(JSON.parse(Buffer.from(output?.bytes ?? []).toString())).scans).toHaveLength(1)
    const report = await workspace.wipe()
    expect(report.items.map(({ kind }) => kind).sort()).toEqual(['container', 'object-container', 'token'])
    expect(report.cannotProve).toContain(zunCannotProve)
  })

  it('refuses by name an image that does not carry itself, before anything is made', async () => {
    const engine = house.engine({ courierOf: async () => null })
    await expect(begun(engine)).rejects.toEqual(refusal('image-refused', /scanside\/oct-quality.*label org\.scanside\.courier/))
    await expect(begun(house.engine({ courierOf: async () => '99' }))).rejects.toEqual(refusal('image-refused', /another version/))
  })

  it('refuses a cloud without an object store', async () => {
    const engine = house.engine({ cloud: { ...house.cloud, objects: null } })
    expect(await engine.probe()).toMatchObject({ state: 'refused', message: expect.stringMatching(/no object store/) })
    await expect(begun(engine)).rejects.toEqual(refusal('not-supported', /no object store/))
  })

  it('tells why a container could not be started: the image, the quota', async () => {
    const unknown = await begun(house.engine(), (run) => ({ ...judging(run), image: { name: 'scanside-test/no-such:1', digest: '0'.repeat(64) } }))
    await unknown.workspace.start(never, () => {})
    await expect(unknown.workspace.wait(never)).rejects.toEqual(refusal('engine-unavailable', /image of this pipeline/))
    expect(await unknown.workspace.wipe()).toMatchObject({ complete: true })
    house.zun.faults.quota = 0
    const { workspace } = await begun()
    await expect(workspace.start(never, () => {})).rejects.toEqual(refusal('quota'))
    house.zun.faults.quota = -1
    expect(await workspace.wipe()).toMatchObject({ complete: true })
  })

  it('finds again by its name what it ordered when the answer was lost, and orders nothing twice', async () => {
    house.zun.faults.loseAnswers = 1
    const { workspace, spec } = await begun()
    await workspace.start(never, () => {})
    expect(await house.cloud.capsules?.capsulesNamed(remoteName(spec.runId))).toHaveLength(1)
    expect((await workspace.wait(never)).exitCode).toBe(0)
    expect(await workspace.wipe()).toMatchObject({ complete: true })
  })

  it('deletes until it is gone, however often the cloud refuses and however young it is', async () => {
    const { workspace } = await begun(house.engine(), endless)
    house.zun.faults.slowMs = 1_000
    await workspace.start(never, () => {})
    house.zun.faults.slowMs = 0
    house.zun.faults.busy = 2
    expect(await workspace.wipe()).toMatchObject({ complete: true, owed: [] })
  })

  it('notices that somebody removed the container', async () => {
    const { workspace, spec } = await begun(house.engine(), endless)
    await workspace.start(never, () => {})
    const waited = workspace.wait(never)
    const [capsule] = (await house.cloud.capsules?.capsulesNamed(remoteName(spec.runId))) ?? []
    await house.cloud.capsules?.delete(capsule?.uuid ?? '').catch(() => {})
    const later = setInterval(() => void house.cloud.capsules?.delete(capsule?.uuid ?? '').catch(() => {}), 300)
    await expect(waited).rejects.toEqual(refusal('not-found', /removed by somebody else/))
    clearInterval(later)
    expect(await workspace.wipe()).toMatchObject({ complete: true })
  })

  it('goes on in the next life of the application with what an earlier one began', async () => {
    const { workspace: earlier, spec } = await begun()
    await earlier.start(never, () => {})
    const workspace = await house.engine().open(spec)
    await workspace.start(never, () => {})
    const exit = await workspace.wait(never)
    expect(exit).toMatchObject({ exitCode: 0 })
    expect(exit.given).toEqual([{ path: 'scan-1.vol', size: volume.length, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }])
    expect(await workspace.collect('output', never)).toHaveLength(1)
    expect(await workspace.wipe()).toMatchObject({ complete: true })
  })

  it('reaps what an earlier life left, and nothing of another installation', async () => {
    const other = house.engine({ install: randomUUID(), debts: debtsInMemory() })
    const { workspace } = await begun(house.engine(), endless)
    await workspace.start(never, () => {})
    expect(await other.reap()).toMatchObject({ complete: true })
    const report = await house.engine().reap()
    expect(report).toMatchObject({ complete: true, owed: [] })
    expect(report.items.map(({ kind }) => kind).sort()).toEqual(['container', 'object-container', 'token'])
  })
})
