/** Objects of a real Swift through the client, and links that need no credential. */
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ObjectStore } from '../../main/openstack/openstack.ts'
import { type LinkDigest, temporaryLink } from '../../main/openstack/temp-url.ts'
import { type ApiProject, makeProject } from './api-project.ts'

let project: ApiProject
let mark: string
let container: string
let objects: ObjectStore
beforeAll(async () => {
  project = await makeProject()
  ;({ mark, objects } = project)
  container = `${mark}-box`
})
afterAll(() => project?.end())

describe('objects', () => {
  const key = randomBytes(24).toString('hex')

  it('have a container with a key of its own', async () => {
    expect(objects.tempUrl).toMatchObject({ digests: ['sha256', 'sha512', 'sha1'] })
    await objects.makeContainer(container, { tempUrlKey: key, metadata: { run: 'r1' } })
    await objects.makeContainer(container, { tempUrlKey: key })
    expect(objects.tempUrl?.levels).toEqual(['container'])
    expect(await objects.container(container)).toEqual({ tempUrlKey: key, metadata: { run: 'r1' }, objects: 0 })
    expect(await objects.container(`${container}-not`)).toBeNull()
    expect(await objects.containersOf(mark)).toEqual([container])
  })

  it('go and come whole, from bytes and from a stream, and know when they end', async () => {
    const bytes = randomBytes(300_000)
    await objects.put(container, 'in/ä b.bin', bytes, { deleteAfter: 600, metadata: { sha256: 'x' } })
    await objects.put(container, 'stream', { stream: Readable.from([bytes.subarray(0, 10), bytes.subarray(10)]), size: bytes.length }, {})
    const md5 = createHash('md5').update(bytes).digest('hex')
    expect(await objects.objects(container)).toEqual([
      { name: 'in/ä b.bin', size: 300_000, md5 },
      { name: 'stream', size: 300_000, md5 },
    ])
    expect(await objects.object(container, 'in/ä b.bin')).toEqual({ name: 'in/ä b.bin', size: 300_000, md5, metadata: { sha256: 'x' } })
    expect(await objects.get(container, 'stream', 300_000)).toEqual(bytes)
    expect(await objects.get(container, 'nothing', 1)).toBeNull()
    await expect(objects.get(container, 'stream', 299_999)).rejects.toMatchObject({ code: 'integrity' })

    const seen = await request(objects.link('GET', container, 'in/ä b.bin', key, 60), { method: 'HEAD' })
    expect(Number(seen.headers['x-delete-at']) * 1_000 - Date.now()).toBeGreaterThan(300_000)
  })

  it('are reached by links without a credential: each method, each digest, no other object', async () => {
    const text = async (url: string) => {
      const reply = await request(url)
      return { status: reply.statusCode, body: await reply.body.text() }
    }
    expect((await request(objects.link('PUT', container, 'sent', key, 60), { method: 'PUT', body: 'hello' })).statusCode).toBe(201)
    expect(await text(objects.link('GET', container, 'sent', key, 60))).toEqual({ status: 200, body: 'hello' })
    expect((await text(objects.link('PUT', container, 'sent', key, 60))).status).toBe(401)
    expect((await text(objects.link('GET', container, 'sent', 'another', 60))).status).toBe(401)
    expect((await text(objects.link('GET', container, 'sent', key, 60).replace('/sent?', '/stream?'))).status).toBe(401)
    expect((await request(objects.link('GET', container, 'sent', key, 60), { method: 'PUT', body: 'x' })).statusCode).toBe(401)

    const account = (await project.owner()).endpoints.get('object-store') ?? ''
    const expires = Math.floor(Date.now() / 1_000) + 60
    for (const digest of ['sha1', 'sha256', 'sha512'] satisfies LinkDigest[]) {
      const link = temporaryLink({ method: 'GET', account, container, object: 'sent', expires }, key, digest)
      expect(await text(link)).toEqual({ status: 200, body: 'hello' })
      const over = temporaryLink({ method: 'GET', account, container, object: 'sent', expires: expires - 120 }, key, digest)
      expect((await text(over)).status).toBe(401)
    }
  })

  it('are removed one by one, then their container', async () => {
    await expect(objects.deleteContainer(container)).rejects.toMatchObject({ code: 'conflict' })
    for (const object of await objects.objects(container)) {
      await objects.deleteObject(container, object.name)
      await objects.deleteObject(container, object.name)
      expect(await objects.has(container, object.name)).toBe(false)
      expect(await objects.object(container, object.name)).toBeNull()
    }
    await objects.deleteContainer(container)
    await objects.deleteContainer(container)
    expect(await objects.container(container)).toBeNull()
    expect(await objects.objects(container)).toEqual([])
  })
})
