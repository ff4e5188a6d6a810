import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import { labelsOf } from '../engines/docker/labels.ts'
import { installMark, runMark } from '../engines/remote/drop.ts'
import type { CloudAccess } from '../openstack/openstack.ts'
import { loadSite } from '../site/site-file.ts'
import { fakeCloud, imageNamed } from './cloud.fixture.ts'
import { emptyAround, startRoom, testInstall } from './room.fixture.ts'

const form = (secret = 'right', exchange = false) => ({
  authUrl: 'https://cloud.example.org:5000',
  region: null,
  interface: 'public' as const,
  ca: '',
  auth: { kind: 'password' as const, user: 'jk', userDomain: 'default', project: 'imaging', projectDomain: 'default', secret },
  exchange,
  remember: true,
})
const away = () => new ScansideError('unreachable', 'The cloud does not answer.')
const gone = () => new ScansideError('unauthorized', 'The cloud does not know this credential.')

const world = () => {
  const fake = fakeCloud()
  const around = emptyAround()
  const withdrawn: string[] = []
  const there = new Set<string>()
  const parts = {
    connect: fake.connect,
    exchange: async ({ config }: CloudAccess): Promise<CloudAccess> => {
      const id = `ac-${there.size + withdrawn.length + 1}`
      there.add(id)
      return { config: { ...config, auth: { kind: 'application-credential', id } }, secret: `of-${id}` }
    },
    withdraw: async (_owner: CloudAccess, except: string | null) => {
      for (const id of there) {
        if (id === except) continue
        there.delete(id)
        withdrawn.push(id)
      }
    },
  }
  return { fake, around, withdrawn, parts, start: (options = {}) => startRoom(around, parts, options) }
}

describe('signing in', () => {
  it('takes the one image that fits, and offers an engine', async () => {
    const { start } = world()
    const room = start()
    let told = 0
    const stop = room.onChange(() => {
      told += 1
    })
    await room.signIn(form())
    expect(told).toBeGreaterThan(1)
    stop()
    expect(room.status()).toMatchObject({ state: 'ready', runs: true, host: 'cloud.example.org:5000', choices: { image: 'id-of-scanside' } })
    expect(room.engine()?.id).toBe('nova:c10d')
    expect((await room.offers()).images).toEqual([
      { id: 'id-of-debian', name: 'debian', fits: false },
      { id: 'id-of-scanside', name: 'scanside', fits: true },
    ])
  })

  it('keeps the secret in the vault and nothing of it in the settings; a password that was exchanged is nowhere', async () => {
    const { start, around, withdrawn, fake } = world()
    const room = start()
    await room.signIn(form('right', true))
    expect([...around.secrets]).toEqual([['cloud-secret', 'of-ac-1']])
    expect(JSON.stringify([...around.settings])).not.toMatch(/right|of-ac/)
    expect(room.status()).toMatchObject({ means: 'application-credential', kept: true })
    expect(fake.closed, 'the password’s own token ends').toBe(1)
    await room.signIn(form('right', true))
    expect(withdrawn).toEqual(['ac-1'])
    await room.signOut({ force: false, working: 0 })
    expect(room.status().message).toContain('stays valid until its end')
  })

  it('withdraws a credential that does not open anything', async () => {
    const { start, around, withdrawn, parts, fake } = world()
    let first = true
    const room = startRoom(around, {
      ...parts,
      connect: async (access) => {
        if (!first) throw away()
        first = false
        return fake.connect(access)
      },
    })
    await expect(room.signIn(form('right', true))).rejects.toMatchObject({ code: 'unreachable' })
    expect(withdrawn).toEqual(['ac-1'])
    expect(around.secrets.size).toBe(0)
    expect(room.status().state).toBe('none')
    expect(start().status().state).toBe('none')
  })

  it('without a keyring is for this session, and says so', async () => {
    const { start } = world()
    const room = start({ keyring: false })
    await room.signIn(form())
    expect(room.status()).toMatchObject({ state: 'ready', kept: false })
    const later = start({ keyring: false })
    await later.restore()
    expect(later.status()).toMatchObject({ state: 'signed-out', name: 'cloud.example.org' })
  })

  it('of an account that may not look around is refused, and nothing is kept', async () => {
    const { start, around, parts, fake } = world()
    const room = startRoom(around, {
      ...parts,
      connect: async (access) => {
        const cloud = await fake.connect(access)
        return { ...cloud, images: { list: () => Promise.reject(new ScansideError('forbidden', 'It needs the role “reader”.')) } }
      },
    })
    await expect(room.signIn(form())).rejects.toThrow('reader')
    expect(around.secrets.size).toBe(0)
    expect(start().status().state).toBe('none')
  })
})

describe('a restart', () => {
  it.each([
    ['away', away(), 'away'],
    ['a slow network', new ScansideError('timeout', 'It took too long.'), 'away'],
    ['a certificate nobody trusts', new ScansideError('untrusted-certificate', 'Not trusted.'), 'away'],
    ['a bug', new Error('x'), 'away'],
    ['a gateway in maintenance', new ScansideError('invalid-argument', 'There is no Keystone here.'), 'away'],
    ['a credential that was deleted', gone(), 'refused'],
    ['no role', new ScansideError('forbidden', 'No role.'), 'refused'],
  ])('%s', async (_, fails, state) => {
    const { fake, start } = world()
    await start().signIn(form())
    fake.fails = fails as ScansideError
    const room = start()
    await room.restore()
    expect(room.status()).toMatchObject({ state, runs: false, kept: true, name: 'cloud.example.org' })
    expect(room.engine()).toBeNull()
    fake.fails = null
    await room.tick()
    expect(room.status().state, 'a refused credential is not tried by itself').toBe(state === 'away' ? 'ready' : 'refused')
    await room.refresh()
    expect(room.status().state).toBe('ready')
  })

  it('a sign-in that fails while the restart’s is under way leaves that to the next look', async () => {
    const { start, around, parts, fake } = world()
    await start().signIn(form())
    let release: () => void = () => undefined
    const slow = new Promise<void>((resolve) => {
      release = resolve
    })
    let begun: () => void = () => undefined
    const beginning = new Promise<void>((resolve) => {
      begun = resolve
    })
    let first = true
    const room = startRoom(around, {
      ...parts,
      connect: async (access) => {
        if (first) {
          first = false
          begun()
          await slow
        }
        return fake.connect(access)
      },
    })
    const restoring = room.restore()
    await beginning
    await expect(room.signIn(form('wrong'))).rejects.toMatchObject({ code: 'unauthorized' })
    release()
    await restoring
    expect(room.status().state).toBe('away')
    await room.tick()
    expect(room.status().state).toBe('ready')
  })

  it('keeps the same cloud through a gap, and the same engine', async () => {
    const { fake, start } = world()
    const room = start()
    await room.signIn(form())
    const engine = room.engine()
    fake.fails = away()
    await room.tick()
    expect([room.status().state, room.engine()]).toEqual(['away', null])
    fake.fails = null
    await room.tick()
    expect(room.engine()).toBe(engine)
  })
})

describe('what is chosen', () => {
  it('belongs to its cloud, and is said where the cloud does not offer it any more', async () => {
    const { fake, around, start } = world()
    const room = start()
    await room.signIn(form())
    await room.choose({ ...room.status().choices, image: 'id-of-debian', maxMachines: 2 })
    expect(start().status().choices.maxMachines, 'nobody is signed in').toBe(10)
    fake.images = [imageNamed('other')]
    await room.refresh()
    expect(room.status()).toMatchObject({ runs: false, message: 'The cloud does not offer this image any more. Choose another.' })
    around.settings.set('cloud-choices', JSON.stringify({ cloud: 'another', choices: room.status().choices }))
    expect(room.status().choices).toMatchObject({ image: null, maxMachines: 10 })
  })

  it('and the quota together bound the machines', async () => {
    const { fake, start } = world()
    fake.used = 3
    const room = start()
    await room.signIn(form())
    expect(room.concurrency()).toBe(2)
    fake.servers = [
      {
        id: 's',
        name: 'scanside-r',
        status: 'ACTIVE',
        created: '',
        metadata: labelsOf('r', { install: testInstall, pid: 1, pidStart: '' }, ''),
        fault: null,
      },
    ]
    await room.tick()
    expect(room.concurrency(), 'its own machine is one of the three').toBe(3)
    // One of ours goes while the quota is asked for: its room is not counted twice.
    const [one] = fake.servers
    let listed = 0
    Object.defineProperty(fake, 'servers', { configurable: true, get: () => (listed++ === 0 ? [one, one, one] : [one]) })
    await room.tick()
    expect(room.concurrency()).toBe(3)
    Object.defineProperty(fake, 'servers', { configurable: true, writable: true, value: [one] })
    fake.used = 6
    await room.tick()
    expect(room.concurrency()).toBe(1)
    expect(room.status().warnings.join()).toContain('Others use all machines')
  })
})

describe('what is left', () => {
  it('is what was written down where nobody is signed in', async () => {
    const { around, start } = world()
    around.debts.push(
      { runId: 'r1', engine: 'nova:c10d', kind: 'server', name: 'scanside-r1' },
      { runId: 'r1', engine: 'nova:c10d', kind: 'token-intent', name: 'r1.1767225600000' },
      { runId: 'r2', engine: 'docker:x', kind: 'container', name: 'scanside-r2-run' },
    )
    expect((await start().left()).things).toEqual([
      { kind: 'server', name: 'scanside-r1', run: 'r1', since: null, use: 'owed' },
      { kind: 'token', name: 'r1.1767225600000', run: 'r1', since: '2026-01-01T00:00:00.000Z', use: 'owed' },
    ])
  })

  it('is each thing once, and the shelf of images is no run’s', async () => {
    const { fake, around, start } = world()
    const room = start()
    await room.signIn(form())
    const labels = labelsOf('r1', { install: testInstall, pid: 1, pidStart: 'x' }, '2026-01-01T00:00:00Z')
    fake.servers = [{ id: 's', name: 'scanside-r1', status: 'ACTIVE', created: '2026-01-01T00:00:05Z', metadata: labels, fault: null }]
    // As some stores give headers back.
    fake.containers.set('scanside-r1', Object.fromEntries(Object.entries(labels).map(([name, value]) => [name.replaceAll('.', '-'), value])))
    fake.containers.set('scanside-r9', {})
    fake.containers.set('scanside-images', {})
    around.debts.push({ runId: 'r1', engine: 'nova:c10d', kind: 'server', name: 'scanside-r1' })
    around.active.add('r1')
    expect((await room.left()).things).toEqual([
      { kind: 'server', name: 'scanside-r1', run: 'r1', since: '2026-01-01T00:00:05Z', use: 'working' },
      { kind: 'object-container', name: 'scanside-r1', run: 'r1', since: '2026-01-01T00:00:00Z', use: 'working' },
    ])
  })
})

describe('object containers that are left', () => {
  it('are known by the marks a run gives them, also where nothing was written down', async () => {
    const { fake, start } = world()
    const room = start()
    await room.signIn(form())
    fake.containers.set('scanside-r1', { [installMark]: testInstall, [runMark]: 'r1' })
    fake.containers.set('scanside-r2', { [installMark]: 'another-desk', [runMark]: 'r2' })
    expect((await room.left()).things).toEqual([{ kind: 'object-container', name: 'scanside-r1', run: 'r1', since: null, use: 'owed' }])
  })
})

describe('a site’s cloud', () => {
  const siteOf = async (cloud: object, more: Record<string, string> = {}) => {
    const files: Record<string, string> = { '/etc/scanside/site.json': JSON.stringify({ cloud }), ...more }
    return loadSite({ readFile: async (path) => files[path] ?? null, candidates: ['/etc/scanside/site.json'], platform: 'linux' })
  }
  const clouds = 'clouds:\n  lab:\n    region_name: R\n    auth: {auth_url: "https://cloud.example.org:5000/v3", application_credential_id: abc}\n'

  it('with the machine’s secure.yaml signs in by itself, and its names become ids', async () => {
    const site = await siteOf(
      { name: 'lab', file: 'clouds.yaml', image: 'debian', flavor: 'small', network: 'lab-net', zone: 'nova', maxMachines: 3 },
      {
        '/etc/scanside/clouds.yaml': clouds,
        '/etc/scanside/secure.yaml': 'clouds:\n  lab:\n    auth: {application_credential_secret: s3cret}\n',
      },
    )
    const { start, around, fake } = world()
    const room = start({ site })
    await room.restore()
    expect(fake.connects[0]).toMatchObject({ secret: 's3cret', config: { auth: { id: 'abc' }, region: 'R' } })
    expect(room.status()).toMatchObject({
      runs: true,
      fixed: true,
      choices: { image: 'id-of-debian', flavor: 'f', network: { kind: 'given', id: 'n' }, zone: 'nova', maxMachines: 3 },
    })
    expect(around.secrets.size).toBe(0)
    fake.images = []
    await room.refresh()
    expect(room.status()).toMatchObject({ runs: false, message: expect.stringContaining('“debian”, which this cloud does not offer') })
  })

  it('takes no other, neither from the form nor from what was kept before', async () => {
    const { start } = world()
    await start().signIn({ ...form(), authUrl: 'https://other.example.org/v3' })
    const site = await siteOf({ name: 'lab', file: 'clouds.yaml', image: 'debian' }, { '/etc/scanside/clouds.yaml': clouds })
    const room = start({ site })
    await room.restore()
    expect(room.status()).toMatchObject({ state: 'signed-out', host: 'cloud.example.org:5000' })
    await expect(room.signIn({ ...form(), authUrl: 'https://other.example.org/v3' })).rejects.toMatchObject({ code: 'forbidden' })
    expect(await room.found()).toMatchObject({ clouds: [{ name: 'lab', problem: 'Each desk signs in to it once by itself.' }] })
    await room.signIn(form())
    await expect(room.choose(room.status().choices)).rejects.toMatchObject({ code: 'forbidden' })
  })
})
