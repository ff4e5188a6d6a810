/** Machines of a real Nova through the client: ordered, found again, refused, gone. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { maxUserDataBytes } from '../../main/openstack/nova.ts'
import type { Cloud, Compute, NewServer, Server } from '../../main/openstack/openstack.ts'
import { faultSentence } from '../../main/openstack/refusal.ts'
import { type ApiProject, ask, makeProject, until } from './api-project.ts'

let project: ApiProject
let mark: string
let cloud: Cloud
let compute: Compute
let gone: ApiProject['gone']
let quota: ApiProject['quota']
beforeAll(async () => {
  project = await makeProject()
  ;({ mark, cloud, compute, gone, quota } = project)
})
afterAll(() => project?.end())

const order = async (change: Partial<NewServer> = {}): Promise<NewServer> => {
  const [image] = (await cloud.images?.list()) ?? []
  const flavors = await compute.flavors()
  const smallest = flavors.filter((one) => one.diskGiB > 0 && !one.name.startsWith('api-')).sort((a, b) => a.ramMiB - b.ramMiB)[0]
  if (!image || !smallest) throw new Error('This cloud has no image or no flavor')
  return {
    name: `${mark}-${randomBytes(3).toString('hex')}`,
    imageId: image.id,
    flavorId: smallest.id,
    network: { kind: 'none' },
    zone: null,
    userData: '#cloud-config\n',
    metadata: { 'org.scanside.run': 'r1' },
    ...change,
  }
}

/** Out of BUILD, whatever became of it. */
const settled = (id: string): Promise<Server> =>
  until(async () => {
    const server = await compute.server(id)
    return server && server.status !== 'BUILD' ? server : null
  })

const flavor = async (of: { vcpus: number; ram: number; disk: number }): Promise<string> => {
  const id = `${mark}-${of.disk}-${of.vcpus}`
  await ask(project.admin, 'compute', 'POST', '/flavors', { flavor: { id, name: id, ...of } })
  project.later(() => project.admin.ask('compute', 'DELETE', `/flavors/${id}`))
  return id
}

describe('machines', () => {
  it('are found by name after a lost answer, have no console while they build, and are gone after DELETE', async () => {
    const wanted = await order()
    const { id } = await compute.create(wanted)
    expect((await compute.serversNamed(wanted.name)).map((server) => server.id)).toEqual([id])
    expect(await compute.serversNamed(wanted.name.slice(0, -1))).toEqual([])
    expect(await compute.serversNamed(`${wanted.name.slice(0, -1)}.`)).toEqual([])
    const server = await settled(id)
    expect(server).toMatchObject({ id, name: wanted.name, status: 'ACTIVE', metadata: wanted.metadata, fault: null })
    expect(await compute.console(id, 100)).toContain('CONSOLE')
    await gone(id)
    await compute.delete(id)
    expect(await compute.console(id, 100)).toBeNull()
    expect(await compute.serversNamed(wanted.name)).toEqual([])
    expect(await cloud.networks?.portsOf(id)).toEqual([])
  })

  it('take user data to the last byte, and one more is refused before it is sent', async () => {
    const wanted = await order({ userData: `#${'ä'.repeat((maxUserDataBytes - 1) / 2)}` })
    expect(Buffer.byteLength(wanted.userData)).toBe(maxUserDataBytes)
    const { id } = await compute.create(wanted)
    await gone(id)
    const more = await order({ userData: `${wanted.userData}x` })
    await expect(compute.create(more)).rejects.toMatchObject({ code: 'invalid-argument', details: { bytes: maxUserDataBytes + 1 } })
    expect(await compute.serversNamed(more.name)).toEqual([])
  })

  it('that the cloud took (202) and then has no room for say so', async () => {
    const huge = await flavor({ vcpus: 1, ram: 128, disk: 50_000_000 })
    const { id } = await compute.create(await order({ flavorId: huge }))
    const server = await settled(id)
    expect(server).toMatchObject({ status: 'ERROR', fault: { code: 500 } })
    expect(faultSentence(server.fault)).toContain('no room for a machine of this size')
    expect(await compute.console(id, 10)).toBeNull()
    await gone(id)
  })

  it('on a flavor without disk are refused with what to choose', async () => {
    const bare = await flavor({ vcpus: 1, ram: 128, disk: 0 })
    await expect(compute.create(await order({ flavorId: bare }))).rejects.toMatchObject({ details: { reason: 'flavor-without-disk' } })
  })

  it('of an image or on a network nobody has are refused in the cloud’s words', async () => {
    const nobody = '11111111-2222-4333-8444-555555555555'
    for (const change of [{ imageId: nobody }, { network: { kind: 'given', id: nobody } as const }]) {
      await expect(compute.create(await order(change))).rejects.toMatchObject({
        code: 'invalid-argument',
        message: expect.stringContaining('The cloud says'),
      })
    }
  })

  it('beyond the quota are refused, at once or afterwards by their fault', async () => {
    await quota(1)
    try {
      const orders = await Promise.all([order(), order(), order()])
      const results = await Promise.allSettled(orders.map((wanted) => compute.create(wanted)))
      const made = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.id] : []))
      const servers = await Promise.all(made.map(settled))
      expect(servers.filter((server) => server.status === 'ACTIVE').length).toBeLessThanOrEqual(1)
      for (const server of servers.filter((one) => one.status === 'ERROR')) {
        expect([faultSentence(server.fault), server.fault]).toEqual([expect.stringContaining('quota'), expect.objectContaining({ code: 413 })])
      }
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'quota' })
      }
      await quota(made.length)
      await expect(compute.create(await order())).rejects.toMatchObject({ code: 'quota', details: { status: 403 } })
      await Promise.all(made.map(gone))
    } finally {
      await quota(25)
    }
  })

  it('twenty at once are all there, and all gone', { timeout: 300_000 }, async () => {
    // One listing tells of all of them: a cloud is not asked twenty times for what it says once.
    const wanted = await order()
    const orders = Array.from({ length: 20 }, (_, index) => ({ ...wanted, name: `${wanted.name}-${index}` }))
    const made = await Promise.all(orders.map((one) => compute.create(one)))
    const ids = made.map((one) => one.id).sort()
    const servers = await until(async () => {
      const listed = await compute.serversOf(wanted.name)
      return listed.every((server) => server.status !== 'BUILD') && listed
    })
    expect(servers.map((server) => server.id).sort()).toEqual(ids)
    expect(servers.map((server) => server.status)).toEqual(Array(20).fill('ACTIVE'))
    await Promise.all(ids.map((id) => compute.delete(id)))
    await until(async () => (await compute.serversOf(wanted.name)).length === 0)
  })
})
