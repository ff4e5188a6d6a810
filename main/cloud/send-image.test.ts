import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gunzipSync, gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type EngineImages, layersDigest } from '../engines/docker/images.ts'
import type { ObjectStore } from '../openstack/openstack.ts'
import { fakeCloud } from './cloud.fixture.ts'
import { imageOf } from './image-of.ts'
import { clearSpool, sendImage } from './send-image.ts'

const layers = ['sha256:1']
const digest = layersDigest(layers)
let folder = ''
let tar: Buffer
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'scanside-send-')), 'spool')
  const archive = pack()
  archive.entry({ name: 'c.json' }, JSON.stringify({ rootfs: { diff_ids: layers } }))
  archive.entry({ name: 'manifest.json' }, JSON.stringify([{ Config: 'c.json' }]))
  archive.finalize()
  tar = Buffer.concat((await Readable.from(archive).toArray()) as Buffer[])
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

const shelf = async (more: Partial<ObjectStore> = {}) => {
  const kept = new Map<string, { bytes: Buffer; metadata: Record<string, string> }>()
  const config = {
    name: '',
    authUrl: '',
    region: null,
    interface: 'public' as const,
    ca: [],
    auth: { kind: 'application-credential' as const, id: '' },
  }
  const { objects } = await fakeCloud().connect({ config, secret: '' })
  const store: ObjectStore = {
    ...(objects as ObjectStore),
    makeContainer: async () => undefined,
    object: async (_container, name) => {
      const found = kept.get(name)
      return found ? { name, size: found.bytes.length, md5: '', metadata: found.metadata } : null
    },
    put: async (_container, name, body, { metadata = {} }) => {
      if (body instanceof Uint8Array) throw new Error('a stream is expected')
      kept.set(name, { bytes: Buffer.concat((await body.stream.toArray()) as Buffer[]), metadata })
    },
    deleteObject: async (_container, name) => void kept.delete(name),
    ...more,
  }
  return { store, kept }
}
const image = (bytes: () => Buffer, of: string | null = digest) => ({
  name: 'lab/x:1',
  digest: of,
  open: async () => ({ archive: Readable.from([bytes()]), size: bytes().length }),
})
const send = (objects: ObjectStore, one: Parameters<typeof sendImage>[0]['image'], signal = new AbortController().signal) =>
  sendImage({ objects, image: one, folder }, signal, () => undefined)

describe('sending an image', () => {
  it.each([
    ['a tar is packed', () => tar],
    ['what is packed goes as it is', () => gzipSync(tar)],
  ])('%s', async (_, bytes) => {
    const { store, kept } = await shelf()
    await send(store, image(bytes))
    const [name, sent] = [...kept][0] ?? []
    expect(name).toBe(`${digest}.tar.gz`)
    expect(gunzipSync(sent?.bytes ?? '').equals(tar)).toBe(true)
    expect(sent?.metadata.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(readdirSync(folder)).toEqual([])
  })

  it('takes the digest from the archive where nothing else knows it', async () => {
    const { store, kept } = await shelf()
    await send(
      store,
      image(() => tar, null),
    )
    await send(
      store,
      image(() => tar, null),
    )
    expect([...kept.keys()]).toEqual([`${digest}.tar.gz`])
  })

  it('refuses another image than the one that was chosen', async () => {
    const { store, kept } = await shelf()
    await expect(
      send(
        store,
        image(() => tar, 'f'.repeat(64)),
      ),
    ).rejects.toMatchObject({ code: 'integrity' })
    expect(kept.size).toBe(0)
    expect(readdirSync(folder)).toEqual([])
  })

  it('takes back what did not arrive whole', async () => {
    const { store, kept } = await shelf({
      object: async (_container, name) => (kept.has(name) ? { name, size: 1, md5: '', metadata: {} } : null),
    })
    await expect(
      send(
        store,
        image(() => tar),
      ),
    ).rejects.toMatchObject({ code: 'integrity' })
    expect(kept.size).toBe(0)
  })

  it('can be cancelled, and leaves no file', async () => {
    const { store, kept } = await shelf()
    const stop = new AbortController()
    const endless = {
      ...image(() => tar),
      open: async () => ({
        archive: Readable.from(
          (async function* () {
            for (let sent = 0; sent < 1_000; sent += 1) {
              if (sent === 20) stop.abort()
              yield Buffer.alloc(65_536, sent)
              await new Promise((resolve) => setImmediate(resolve))
            }
          })(),
        ),
        size: 1,
      }),
    }
    await expect(send(store, endless, stop.signal)).rejects.toMatchObject({ code: 'cancelled' })
    expect(kept.size).toBe(0)
    expect(readdirSync(folder)).toEqual([])
    await clearSpool(folder)
    expect(existsSync(folder)).toBe(false)
  })
})

describe('the image of a pipeline', () => {
  const { signal } = new AbortController()
  const images = {
    list: async () => [
      { id: 'sha256:1', names: ['lab/x:1'], digest },
      { id: 'sha256:2', names: [], digest: 'e'.repeat(64) },
    ],
    save: async (what: string) => ({ archive: Readable.from([what]), size: 1 }),
  } as unknown as EngineImages
  const of = (pipeline: string, shipped: ((signal: AbortSignal) => Promise<string>) | null = null) =>
    imageOf({ pipeline, images: async () => images, shipped }, signal)

  it('is the engine’s, by its name where it has one', async () => {
    const named = await of('sha256:1|oct|scan')
    expect(named).toMatchObject({ name: 'lab/x:1', digest })
    expect(await (await named.open(signal)).archive.toArray()).toEqual(['lab/x:1'])
    const nameless = await of('sha256:2|oct|scan')
    expect(await (await nameless.open(signal)).archive.toArray()).toEqual(['sha256:2'])
    await expect(of('gone|oct|scan')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('is the shipped one for what the application runs itself', async () => {
    await expect(of('builtin|oct|scan')).rejects.toMatchObject({ code: 'not-supported' })
    expect(await of('builtin|oct|scan', async () => '/nowhere/oct.tar.gz')).toMatchObject({ name: 'The OCT quality image', digest: null })
  })
})
