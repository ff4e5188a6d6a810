/** The cloud's room over the real services: sign-in, restart, what is offered, what is left, and a cloud that says no or nothing. */
import { randomUUID } from 'node:crypto'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createConnector } from '../../main/cloud/connector.ts'
import { emptyAround, startRoom, testInstall } from '../../main/cloud/room.fixture.ts'
import { labelsOf } from '../../main/engines/docker/labels.ts'
import { createHttp } from '../../main/http/http.ts'
import { type CloudEntry, cloudEntry, openSession, type Session } from './lab.ts'
import { startProxy } from './proxy.ts'

const http = (roots: string[]) => createHttp({ userAgent: 'Scanside/test', roots })
const connector = createConnector({ http, siteRoots: [] })
const real = { connect: connector.connect, exchange: () => Promise.reject(new Error('soon')) }

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

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
const start = (...[around, parts, options]: Partial<Parameters<typeof startRoom>>) => {
  const room = startRoom(around ?? emptyAround(), { ...real, ...parts }, options)
  closing.push(room.close)
  return room
}

describe('the room', () => {
  it('signs in with a form, says what it is, and offers what the cloud has', async () => {
    const room = start()
    expect(room.status()).toMatchObject({ state: 'none', runs: false, fixed: false })
    await room.signIn(formOf(entry))
    const status = room.status()
    expect(status).toMatchObject({ state: 'ready', project: entry.auth.project_name, user: entry.auth.username, kept: true, means: 'password' })
    expect(status.has).toMatchObject({ machines: true, objects: true })
    expect(status.limits?.instances.max).not.toBe(0)
    const offers = await room.offers()
    expect(offers.flavors.length).toBeGreaterThan(0)
    expect(offers.images.length).toBeGreaterThan(0)
    expect(room.engine()).toBeNull()
    const image = offers.images[0]?.id ?? ''
    await room.choose({ ...status.choices, image, maxMachines: 3 })
    const engine = room.engine()
    expect(engine?.id).toBe(`nova:${room.cloud()?.id}`)
    expect(room.engine()).toBe(engine)
    expect(room.concurrency()).toBe(3)
    expect(room.health()).toMatchObject({ state: 'ready', kind: 'nova', remote: true })
    await expect(room.choose({ ...status.choices, image: 'gone' })).rejects.toMatchObject({ code: 'invalid-argument' })
    await room.choose({ ...status.choices, image, maxMachines: 2 })
    expect(room.engine()).not.toBe(engine)
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

  it('a cloud that is away at the start is asked again, and is there when it is back', async () => {
    const around = emptyAround()
    const proxy = await startProxy(entry, session)
    closing.push(proxy.stop)
    const first = start(around)
    await first.signIn(formOf(proxy.entry))
    await first.close()
    proxy.meddle((asked) => (asked.service === 'identity' ? { kind: 'cut-before' } : null))
    const room = start(around)
    await room.restore()
    expect(room.status()).toMatchObject({ state: 'away', runs: false, kept: true })
    expect(room.engine()).toBeNull()
    await room.tick()
    expect(room.status().state).toBe('away')
    proxy.meddle(null)
    await room.tick()
    expect(room.status()).toMatchObject({ state: 'ready', kept: true })
  })

  it('lists what of this installation is there, and leaves what is another’s', async () => {
    const around = emptyAround()
    const room = start(around)
    await room.signIn(formOf(entry))
    const objects = room.cloud()?.objects
    if (!objects) throw new Error('the lab has Swift')
    const run = randomUUID()
    const other = randomUUID()
    const owner = { pid: 1, pidStart: 'x' }
    for (const [id, install] of [[run, testInstall] as const, [other, randomUUID()] as const]) {
      await objects.makeContainer(`scanside-${id}`, { metadata: labelsOf(id, { ...owner, install }, '2026-01-01T00:00:00.000Z') })
      closing.push(() => objects.deleteContainer(`scanside-${id}`))
    }
    around.debts.push({ runId: run, engine: `nova:${room.cloud()?.id}`, kind: 'token', name: 'an-alias' })
    around.active.add(run)
    const { things } = await room.left()
    expect(things.filter((thing) => thing.run === run || thing.run === other)).toEqual([
      { kind: 'object-container', name: `scanside-${run}`, run, since: '2026-01-01T00:00:00.000Z', use: 'working' },
      { kind: 'token', name: 'an-alias', run, since: null, use: 'working' },
    ])
    await expect(room.signOut({ force: false, working: 1 })).rejects.toMatchObject({ code: 'conflict' })
    await room.signOut({ force: true, working: 1 })
    expect(room.status()).toMatchObject({ state: 'signed-out', kept: false, project: entry.auth.project_name })
    expect(room.status().message).toContain('One thing in this cloud is still owed; sign in again to remove it.')
    expect(around.secrets.size).toBe(0)
  })
})
