/** A run from the scan in the archive to the result beside it: every service real, every command of the machine really run. */
import { createHash, randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checksumName, createImageSource, imagesContainer } from '../../../main/cloud/image-source.ts'
import { labelNames } from '../../../main/engines/docker/labels.ts'
import { resultsSchema } from '../../../oct/results.ts'
import { nothingLeft } from '../lab.ts'
import { pipelineArchive } from '../pipeline.ts'
import { never, openTrial, refusedRun, runOf, sessionPath, type Trial } from './trial.ts'
import { openWorld, type World } from './world.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(async () => {
  await world.stop()
  expect(world.hypervisor.faults).toEqual([])
})

/** Everything a cloud's staff could read: what Nova returns, the console, what metadata says. */
/** What Nova was told, also within what is packed, and what the machines' consoles said. */
const visible = () =>
  [...world.hypervisor.guests.values()]
    .flatMap(({ server, userData, boot }) => [
      userData,
      ...boot.files.map(({ content }) => content.toString('utf8')),
      world.hypervisor.consoleOf(server),
    ])
    .join('\n')

describe('a run in the cloud', () => {
  let trial: Trial
  beforeAll(async () => {
    const networks = await world.user.ask('network', 'GET', '/networks?name=lab-net')
    const [network] = (networks.json as { networks: { id: string }[] }).networks
    trial = await openTrial(world, { choices: { network: { kind: 'given', id: network?.id ?? '' } } })
  })
  afterAll(() => trial.close())

  it('is fetched, computed, sent home, read back, and leaves nothing', async () => {
    const scan = await trial.scan()
    const original = await buffer(await scan.read(never))
    // What says whose it is: in a .vol's header, and here wherever it stands.
    const marker = original.subarray(100, 120)
    const spec = trial.spec()
    const changed = Buffer.from(original).fill(0, 100, 120)
    const { workspace, exit, lines, outputs } = await runOf(trial, spec, [
      { ...scan, original: { size: scan.size, md5: scan.original?.md5 ?? '', changes: [{ offset: 100, length: 20, fill: 0 }] } },
    ])
    expect(exit).toMatchObject({ exitCode: 0, outOfMemory: false, timedOut: false })
    expect(exit.given).toEqual([{ path: 'SCANS/1/VOL/scan-1.vol', size: scan.size, sha256: sha256(changed) }])
    expect(marker.equals(Buffer.alloc(20))).toBe(false)
    expect(lines.map(({ text }) => text)).toContain('scan 1')

    // Read back, and as the archive gives it to anybody else.
    const [output, ...more] = outputs
    expect(more).toEqual([])
    expect(resultsSchema.parse(JSON.parse(Buffer.from(output?.bytes ?? []).toString())).scans[0]?.inputs[0]?.sha256).toBe(sha256(changed))
    const home = await world.archiveText(`${sessionPath}/resources/SCANSIDE/files/look/1.0/${spec.runId}/results.json`)
    expect(sha256(Buffer.from(home.text))).toBe(output?.sha256)

    // The container that worked, as the engine saw it, and not as anybody says.
    const worked = world.watch.seen.filter(({ Config }) => Config.Labels?.[labelNames.run] === spec.runId)
    expect(worked).toHaveLength(1)
    expect(worked[0]).toMatchObject({
      Config: { User: '65534:65534', Entrypoint: ['/bin/busybox'], Cmd: ['sh', '/look', '0'] },
      HostConfig: {
        NetworkMode: 'none',
        ReadonlyRootfs: true,
        Privileged: false,
        PidsLimit: 64,
        Memory: spec.limits.memoryBytes,
        MemorySwap: spec.limits.memoryBytes,
      },
    })
    expect(worked[0]?.HostConfig.CapDrop).toContain('ALL')
    expect(worked[0]?.HostConfig.SecurityOpt).toContain('no-new-privileges')

    // It had a port of the network it was given, and one machine.
    const guests = [...world.hypervisor.guests.values()].filter(({ run }) => run === spec.runId)
    expect(guests).toHaveLength(1)
    expect(guests[0]?.boot.powersOff).toBe(true)

    const report = await workspace.wipe()
    expect(report).toMatchObject({ complete: true, owed: [] })
    for (const item of report.items) expect(item).toMatchObject({ removedAt: expect.any(String), check: expect.any(String) })
    expect(report.items.map(({ kind }) => kind).sort()).toEqual(['object-container', 'server', 'token'])
    expect(await world.left()).toEqual(nothingLeft)
    expect(trial.debts.all).toEqual([])
    const tokens = world.runTokens()
    expect(tokens).toHaveLength(1)
    for (const token of tokens) expect(await world.tokenAnswer(token)).toBe(401)
  })

  it('tells the cloud no secret, no name and no address of a scan', () => {
    const seen = visible()
    for (const { alias, secret } of world.allTokens()) {
      expect(seen).not.toContain(alias)
      expect(seen).not.toContain(secret)
    }
    const consoles = [...world.hypervisor.guests.keys()].map((server) => world.hypervisor.consoleOf(server)).join('')
    expect(consoles).toMatch(/scanside [0-9a-f-]{36} running/)
    expect(consoles).not.toMatch(/https?:|P-0142|DEMO-MS|SCANS\/|authorization|temp_url|\.vol|secret/i)
    for (const { boot } of world.hypervisor.guests.values())
      expect(boot.others.sort()).toEqual(['disable_root', 'package_update', 'ssh_pwauth', 'users'])
    // No label of XNAT's and no file's name anywhere in the cloud: neither in names and metadata, nor in orders and user_data.
    expect(seen).toMatch(/"\$S\/person"/)
    expect(seen).not.toMatch(/P-0142|DEMO-MS|P0142/)
    const orders = world.middle.asked.filter(({ service }) => service !== 'archive')
    expect(orders.some(({ path }) => path.endsWith('/job.json'))).toBe(true)
    for (const { service, path, body } of orders) {
      expect(`${path} ${body}`).not.toMatch(/P-0142|DEMO-MS|P0142/)
      if (service === 'compute') expect(body.replace(/"user_data": *"[^"]*"/, '')).not.toMatch(/XNAT_|https?:/)
    }
  })
})

describe('a cloud without an object store', () => {
  it('is told the token in user_data, reports beside the results, and cannot prove what it would else', async () => {
    const trial = await openTrial(world, { withoutSwift: true })
    const spec = trial.spec()
    const { workspace, exit, outputs } = await runOf(trial, spec)
    expect(exit.exitCode).toBe(0)
    expect(outputs).toHaveLength(1)
    const report = await workspace.wipe()
    expect(report).toMatchObject({ complete: true, owed: [] })
    expect(report.cannotProve?.join(' ')).toMatch(/token/)
    const files = await world.archiveText(`${sessionPath}/resources/SCANSIDE/files?format=json`)
    // The reports are removed, the result stays.
    const names = (JSON.parse(files.text) as { ResultSet: { Result: { URI: string }[] } }).ResultSet.Result.map(({ URI }) => URI).filter((uri) =>
      uri.includes(spec.runId),
    )
    expect(names).toHaveLength(1)
    expect(names[0]).toMatch(/results\.json$/)
    expect(await world.left()).toEqual(nothingLeft)
    for (const token of world.runTokens()) expect(await world.tokenAnswer(token)).toBe(401)
    await trial.close()
  })
})

describe('an analysis image no machine has yet', () => {
  const salt = randomUUID().slice(0, 8)
  let trial: Trial
  let image: Awaited<ReturnType<typeof pipelineArchive>>
  const object = () => `${image.digest}.tar`
  /** On the project's shelf, saying that its bytes have this digest. */
  const shelve = async (sha256: string) => {
    await trial.cloud.objects?.makeContainer(imagesContainer, {})
    await trial.cloud.objects?.put(imagesContainer, object(), image.bytes, { metadata: { [checksumName]: sha256 } })
  }

  beforeAll(async () => {
    image = await pipelineArchive(salt)
    const source = createImageSource({ objects: () => trial.cloud.objects })
    trial = await openTrial(world, { imageSource: () => source(image, never) })
  })
  afterAll(async () => {
    await trial.cloud.objects?.deleteObject(imagesContainer, object())
    await trial.cloud.objects?.deleteContainer(imagesContainer).catch(() => undefined)
    await trial.close()
  })

  it('comes from the object store by a link, and is taken off the machine again', async () => {
    await shelve(image.sha256)
    const { workspace, exit } = await runOf(trial, trial.spec(0, { image: { name: image.name, digest: image.digest } }))
    expect(exit.exitCode).toBe(0)
    expect(await workspace.wipe()).toMatchObject({ complete: true, owed: [] })
    const tags = (await world.docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? [])
    expect(tags.filter((tag) => tag.includes(salt))).toEqual([])
  })

  it('is refused where its bytes are other than the shelf says', async () => {
    await shelve('0'.repeat(64))
    const { refusal, report } = await refusedRun(trial, trial.spec(0, { image: { name: image.name, digest: image.digest } }))
    expect(refusal).toMatchObject({ code: 'image-refused', details: { problem: 'image-differs' } })
    expect(report).toMatchObject({ complete: true, owed: [] })
  })

  it('is refused where the machine finds none', async () => {
    await trial.cloud.objects?.deleteObject(imagesContainer, object())
    const { refusal, report } = await refusedRun(trial, trial.spec(0, { image: { name: image.name, digest: image.digest } }))
    expect(refusal).toMatchObject({ code: 'not-found', details: { problem: 'image-missing' } })
    expect(report).toMatchObject({ complete: true, owed: [] })
    expect(await world.left()).toEqual(nothingLeft)
  })
})
