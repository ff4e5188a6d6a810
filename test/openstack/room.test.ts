/** The cloud's room over the real services: sign-in, restart, what is offered, what is left, and a cloud that says no or nothing. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { request } from 'undici'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createConnector } from '../../main/cloud/connector.ts'
import { createImageSource, imagesContainer } from '../../main/cloud/image-source.ts'
import { type Around, emptyAround, startRoom, testInstall } from '../../main/cloud/room.fixture.ts'
import type { CloudRoomParts } from '../../main/cloud/room.ts'
import { layersDigest } from '../../main/engines/docker/images.ts'
import { labelsOf } from '../../main/engines/docker/labels.ts'
import { createHttp } from '../../main/http/http.ts'
import type { CloudAccess } from '../../main/openstack/openstack.ts'
import { loadSite } from '../../main/site/site-file.ts'
import { type CloudEntry, cloudEntry, openSession, type Session } from './lab.ts'
import { createMiddle, startProxy } from './proxy.ts'

const connector = createConnector({
  http: (roots) => createHttp({ userAgent: 'Scanside/test', roots }),
  siteRoots: [],
  install: randomUUID(),
  now: Date.now,
})

let entry: CloudEntry
let session: Session
beforeAll(async () => {
  entry = cloudEntry()
  session = await openSession(entry)
})

const formOf = ({ auth, region_name }: CloudEntry, exchange = false) => ({
  authUrl: auth.auth_url,
  region: region_name,
  interface: 'public' as const,
  ca: '',
  auth: {
    kind: 'password' as const,
    user: auth.username,
    userDomain: auth.user_domain_name,
    project: auth.project_name,
    projectDomain: auth.project_domain_name,
    secret: auth.password,
  },
  exchange,
  remember: true,
})
const byPassword = (): CloudAccess => {
  const { secret, ...auth } = formOf(entry).auth
  return { config: { name: 'test', authUrl: entry.auth.auth_url, region: entry.region_name, interface: 'public', ca: [], auth }, secret }
}

const made: string[] = []
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
afterAll(async () => {
  await connector.withdraw(byPassword(), null)
  await connector.close()
})
const real: Pick<CloudRoomParts, 'connect' | 'exchange' | 'withdraw'> = {
  connect: connector.connect,
  async exchange(access) {
    const { config, secret } = await connector.exchange(access)
    if (config.auth.kind === 'application-credential') made.push(config.auth.id)
    return { config, secret }
  },
  withdraw: connector.withdraw,
}
const start = (around: Around = emptyAround(), parts: Partial<CloudRoomParts> = {}, options: Parameters<typeof startRoom>[2] = {}) => {
  const room = startRoom(around, { ...real, ...parts } as typeof real, options)
  closing.push(room.close)
  return room
}
const usual = { OS_CLIENT_CONFIG_FILE: process.env.OS_CLIENT_CONFIG_FILE, OS_CLOUD: process.env.OS_CLOUD }
const fromDisk = { env: usual, readFile: (path: string) => readFile(path, 'utf8').catch(() => null) }

describe('signing in', () => {
  it('with a form: says what it is, offers what the cloud has, keeps what was chosen', async () => {
    const around = emptyAround()
    const room = start(around)
    expect(room.status()).toMatchObject({ state: 'none', runs: false, fixed: false })
    await room.signIn(formOf(entry))
    const status = room.status()
    expect(status).toMatchObject({ state: 'ready', project: entry.auth.project_name, user: entry.auth.username, kept: true, means: 'password' })
    expect(status.has).toMatchObject({ machines: true, objects: true })
    expect(status.limits?.instances.max).not.toBe(0)
    const offers = await room.offers()
    expect(offers.networks.map(({ name }) => name)).not.toContain('public')
    expect(room.engine(), 'no image is chosen yet').toBeNull()
    const image = offers.images[0]?.id ?? ''
    const flavor = [...offers.flavors].sort((a, b) => a.vcpus - b.vcpus || a.ramMiB - b.ramMiB)[0]?.id ?? ''
    await room.choose({ ...status.choices, image, flavor, maxMachines: 3 })
    const engine = room.engine()
    expect(engine?.id).toBe(`nova:${room.cloud()?.id}`)
    expect(room.engine()).toBe(engine)
    expect(room.concurrency()).toBe(3)
    expect(room.health()).toMatchObject({ state: 'ready', kind: 'nova', remote: true, inputKinds: ['archive'] })
    await expect(room.choose({ ...status.choices, image: 'gone' })).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(room.choose({ ...status.choices, engine: 'zun' })).rejects.toMatchObject({ code: 'invalid-argument' })
    await room.close()
    const later = start(around)
    await later.restore()
    expect(later.status()).toMatchObject({ state: 'ready', runs: true, choices: { image, flavor, maxMachines: 3 } })
  })

  it('a wrong password changes nothing', async () => {
    const room = start()
    const form = formOf(entry)
    await expect(room.signIn({ ...form, auth: { ...form.auth, secret: 'wrong' } })).rejects.toMatchObject({ code: 'unauthorized' })
    expect(room.status().state).toBe('none')
    await room.signIn(form)
    await expect(room.signIn({ ...form, auth: { ...form.auth, secret: 'wrong' } })).rejects.toMatchObject({ code: 'unauthorized' })
    expect(room.status().state).toBe('ready')
  })

  it('from this machine’s clouds.yaml; the password becomes an application credential and is forgotten; its end is told', async () => {
    const around = emptyAround()
    const room = start(around, fromDisk)
    const { clouds, problem } = await room.found()
    expect(problem).toBeNull()
    expect(clouds[0]).toMatchObject({ name: process.env.OS_CLOUD, means: 'password', project: entry.auth.project_name, problem: null })
    expect(JSON.stringify(clouds)).not.toContain(entry.auth.password)
    await room.use({ name: process.env.OS_CLOUD ?? '', region: null, exchange: true, remember: true })
    const status = room.status()
    expect(status).toMatchObject({ state: 'ready', means: 'application-credential', kept: true })
    expect(Date.parse(status.expiresAt ?? '')).toBeGreaterThan(Date.now() + 170 * 24 * 3_600_000)
    expect(around.secrets.get('cloud-secret')).not.toBe(entry.auth.password)
    for (const kept of around.settings.values()) {
      expect(kept).not.toContain(entry.auth.password)
      expect(kept).not.toContain(around.secrets.get('cloud-secret'))
    }
    await room.close()

    const again = start(around)
    await again.restore()
    expect(again.status()).toMatchObject({ state: 'ready', kept: true, name: process.env.OS_CLOUD })

    // A second exchange withdraws the first: one desk keeps one.
    await again.signIn(formOf(entry, true))
    const [first] = made.slice(-2)
    await expect(
      connector.connect({ config: { ...byPassword().config, auth: { kind: 'application-credential', id: first ?? '' } }, secret: 'x' }),
    ).rejects.toMatchObject({
      details: { reason: 'deleted' },
    })
    await again.close()

    await connector.withdraw(byPassword(), null)
    const refused = start(around)
    await refused.restore()
    expect(refused.status()).toMatchObject({ state: 'refused', runs: false })
    expect(refused.status().message).toContain('deleted')
    await refused.tick()
    expect(refused.status().state).toBe('refused')
  })

  it('from texts a person chose, kept until they are used', async () => {
    const text = await readFile(process.env.OS_CLIENT_CONFIG_FILE ?? '', 'utf8')
    const room = start()
    const { clouds } = await room.read({ clouds: text, secure: null })
    expect(clouds.map(({ name }) => name)).toContain(process.env.OS_CLOUD)
    await room.use({ name: process.env.OS_CLOUD ?? '', region: null, exchange: false, remember: false })
    expect(room.status()).toMatchObject({ state: 'ready', kept: false })
    await expect(room.use({ name: process.env.OS_CLOUD ?? '', region: null, exchange: false, remember: false })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('by the site file: found there, fixed, with each person’s own secret, and no other cloud', async () => {
    const files: Record<string, string> = {
      '/etc/scanside/site.json': JSON.stringify({
        cloud: {
          name: 'institute',
          authUrl: entry.auth.auth_url,
          region: entry.region_name,
          image: 'analysis-base',
          flavor: 'm1.small',
          network: 'lab-net',
          maxMachines: 4,
        },
      }),
    }
    const site = await loadSite({ readFile: async (path) => files[path] ?? null, candidates: Object.keys(files), platform: 'linux' })
    expect(site.problem).toBeNull()
    const around = emptyAround()
    const room = start(around, {}, { site })
    await room.restore()
    expect(room.status()).toMatchObject({ state: 'signed-out', name: 'institute', fixed: true })
    expect((await room.found()).clouds).toHaveLength(1)
    await expect(room.signIn({ ...formOf(entry), authUrl: 'https://other.example.org/v3' })).rejects.toMatchObject({ code: 'forbidden' })
    await room.signIn(formOf(entry))
    const { choices, runs } = room.status()
    expect(runs).toBe(true)
    expect(choices).toMatchObject({ engine: 'nova', network: { kind: 'given' }, maxMachines: 4 })
    await expect(room.choose({ ...choices, maxMachines: 50 })).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('a cloud', () => {
  it('that is away at the start is asked again, and is there when it is back', async () => {
    const around = emptyAround()
    const middle = createMiddle()
    const proxy = await startProxy(entry, session, middle)
    closing.push(proxy.stop)
    const first = start(around)
    await first.signIn(formOf(proxy.entry))
    await first.close()
    middle.meddle((asked) => (asked.service === 'identity' ? { kind: 'cut-before' } : null))
    const room = start(around)
    await room.restore()
    expect(room.status()).toMatchObject({ state: 'away', runs: false, kept: true })
    expect(room.engine()).toBeNull()
    await room.tick()
    expect(room.status().state).toBe('away')
    middle.meddle(null)
    await room.tick()
    expect(room.status()).toMatchObject({ state: 'ready', kept: true })
    // Away in the middle: the same cloud goes on afterwards.
    const cloud = room.cloud()
    middle.meddle(() => ({ kind: 'answer', status: 503, body: '{}' }))
    await room.refresh()
    expect(room.status().state).toBe('away')
    middle.meddle(null)
    await room.refresh()
    expect(room.status().state).toBe('ready')
    expect(room.cloud()).toBe(cloud)
  })

  it('shows what of this installation is there, and leaves what is another’s', async () => {
    const around = emptyAround()
    const room = start(around)
    await room.signIn(formOf(entry))
    const other = await connector.connect(byPassword())
    closing.push(other.close)
    const run = randomUUID()
    const others = randomUUID()
    for (const [id, install] of [[run, testInstall] as const, [others, randomUUID()] as const]) {
      await other.objects?.makeContainer(`scanside-${id}`, { metadata: labelsOf(id, { pid: 1, pidStart: 'x', install }, '2026-01-01T00:00:00.000Z') })
      closing.push(async () => other.objects?.deleteContainer(`scanside-${id}`))
    }
    around.debts.push({ runId: run, engine: `nova:${room.cloud()?.id}`, kind: 'token', name: 'an-alias' })
    around.active.add(run)
    const { things } = await room.left()
    expect(things.filter((thing) => thing.run === run || thing.run === others)).toEqual([
      { kind: 'object-container', name: `scanside-${run}`, run, since: '2026-01-01T00:00:00.000Z', use: 'working' },
      { kind: 'token', name: 'an-alias', run, since: null, use: 'working' },
    ])
    await expect(room.signOut({ force: false, working: 1 })).rejects.toMatchObject({ code: 'conflict' })
    await room.signOut({ force: true, working: 1 })
    expect(room.status()).toMatchObject({ state: 'signed-out', kept: false, project: entry.auth.project_name })
    expect(room.status().message).toContain('One thing in this cloud is still owed; sign in again to remove it.')
    expect(around.secrets.size).toBe(0)
  })

  it('takes a pipeline’s image once, and machines get a link to it', async () => {
    const spool = join(await mkdtemp(join(tmpdir(), 'scanside-spool-')), 'images')
    closing.push(() => rm(join(spool, '..'), { recursive: true }))
    const layers = [`sha256:${randomUUID()}`]
    const digest = layersDigest(layers)
    const tar = pack()
    tar.entry({ name: 'config.json' }, JSON.stringify({ rootfs: { diff_ids: layers } }))
    tar.entry({ name: 'layer.tar' }, Buffer.alloc(100_000, 7))
    tar.entry({ name: 'manifest.json' }, JSON.stringify([{ Config: 'config.json', RepoTags: ['lab/x:1'], Layers: ['layer.tar'] }]))
    tar.finalize()
    const parts: Buffer[] = []
    for await (const part of tar) parts.push(part as Buffer)
    const archive = Buffer.concat(parts)
    let opened = 0
    const room = start(emptyAround(), {
      spool,
      imageOf: async () => ({
        name: 'lab/x:1',
        digest,
        open: async () => {
          opened += 1
          return { archive: Readable.from([archive]), size: archive.length }
        },
      }),
    })
    await room.signIn(formOf(entry))
    const after = await connector.connect(byPassword())
    closing.push(after.close, async () => after.objects?.deleteObject(imagesContainer, `${digest}.tar.gz`))
    const { signal } = new AbortController()
    const progress: (number | null)[] = []
    expect(await room.sendImage('x', signal, (share) => progress.push(share))).toContain('lab/x:1')
    expect(progress.at(-1)).toBe(1)
    expect(await readdir(spool)).toEqual([])
    await room.sendImage('x', signal, () => undefined)
    expect(opened, 'it is there already').toBe(1)

    const imageSource = createImageSource({ objects: () => room.cloud()?.objects ?? null })
    const source = await imageSource({ name: 'lab/x:1', digest }, signal)
    if (source.kind !== 'link') throw new Error(source.kind)
    const key = (await after.objects?.container(imagesContainer))?.tempUrlKey
    await imageSource({ name: 'lab/x:1', digest }, signal)
    expect((await after.objects?.container(imagesContainer))?.tempUrlKey, 'a key that is there stays').toBe(key)
    const answer = await request(source.url)
    expect(answer.statusCode).toBe(200)
    expect(Buffer.from(await answer.body.arrayBuffer()).equals(gzipSync(archive, { level: 6 }))).toBe(true)
    expect(await imageSource({ name: 'registry.example.org/lab/x:1', digest: 'f'.repeat(64) }, signal)).toEqual({
      kind: 'registry',
      reference: 'registry.example.org/lab/x:1',
    })
    expect(await imageSource({ name: 'lab/x:1', digest: 'f'.repeat(64) }, signal)).toEqual({ kind: 'present' })
  })
})
