import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import { layersDigest } from '../engines/docker/images.ts'
import type { ObjectStore } from '../openstack/openstack.ts'
import { archiveDigest } from './archive-digest.ts'
import { fakeCloud } from './cloud.fixture.ts'
import { createImageSource, imagesContainer, namesRegistry } from './image-source.ts'

const { signal } = new AbortController()
const digest = 'd'.repeat(64)
const sha256 = 'e'.repeat(64)

const store = async (objects: Record<string, Record<string, string>>, key: string | null) => {
  const kept = { key, made: [] as (string | undefined)[] }
  const cloud = await fakeCloud().connect({
    config: { name: '', authUrl: '', region: null, interface: 'public', ca: [], auth: { kind: 'application-credential', id: '' } },
    secret: '',
  })
  const shelf: ObjectStore = {
    ...(cloud.objects as ObjectStore),
    tempUrl: { digests: ['sha256'], levels: ['container'] },
    object: async (_container, name) => (objects[name] ? { name, size: 1, md5: '', metadata: objects[name] } : null),
    container: async () => ({ tempUrlKey: kept.key, metadata: {}, objects: 1 }),
    makeContainer: async (_name, { tempUrlKey }) => {
      kept.made.push(tempUrlKey)
      kept.key ??= tempUrlKey ?? null
    },
    link: (method, container, name, with_, seconds) => `${method} ${container}/${name} ${with_} ${seconds}`,
  }
  return { shelf, kept }
}

describe('where a machine has the image from', () => {
  it.each([
    ['lab/pipeline:1.0', false],
    ['pipeline', false],
    ['pipeline:1.0', false],
    ['registry.example.org/lab/pipeline:1.0', true],
    ['registry:5000/pipeline', true],
    ['localhost/pipeline', true],
  ])('%s names its registry: %s', (name, expected) => {
    expect(namesRegistry(name)).toBe(expected)
  })

  it('is the shelf, by the key that is there', async () => {
    const { shelf, kept } = await store({ [`${digest}.tar`]: { sha256 } }, 'theirs')
    const source = await createImageSource({ objects: () => shelf })({ name: 'registry.example.org/x', digest }, signal)
    expect(source).toEqual({ kind: 'link', url: `GET ${imagesContainer}/${digest}.tar theirs 7200`, sha256 })
    expect(kept).toEqual({ key: 'theirs', made: ['theirs'] })
  })

  it('is the shelf, by a key that is made where there is none', async () => {
    const { shelf, kept } = await store({ [`${digest}.tar.gz`]: { sha256 } }, null)
    const source = await createImageSource({ objects: () => shelf })({ name: 'x', digest }, signal)
    expect(kept.key).toMatch(/^[0-9a-f]{64}$/)
    expect(source).toMatchObject({ kind: 'link', url: expect.stringContaining(`${kept.key}`) })
  })

  it.each([
    ['nothing is there', {}, null],
    ['it does not say what its bytes must be', { [`${digest}.tar`]: {} }, null],
    ['its checksum is none', { [`${digest}.tar`]: { sha256: '../x' } }, null],
    ['the account may not look', {}, new ScansideError('forbidden', 'No.')],
    ['its links do not open', {}, new ScansideError('not-supported', 'No links.')],
  ])('is the registry or the machine itself where %s', async (_, objects, fails) => {
    const { shelf } = await store(objects, 'key')
    const asked = fails ? { ...shelf, object: () => Promise.reject(fails) } : shelf
    const source = createImageSource({ objects: () => asked })
    expect(await source({ name: 'registry.example.org/x:1', digest }, signal)).toEqual({ kind: 'registry', reference: 'registry.example.org/x:1' })
    expect(await source({ name: 'x:1', digest }, signal)).toEqual({ kind: 'present' })
  })

  it('is not guessed where the cloud does not answer', async () => {
    const { shelf } = await store({}, null)
    const asked = { ...shelf, object: () => Promise.reject(new ScansideError('unreachable', 'Away.')) }
    await expect(createImageSource({ objects: () => asked })({ name: 'x', digest }, signal)).rejects.toMatchObject({ code: 'unreachable' })
    expect(await createImageSource({ objects: () => null })({ name: 'x', digest }, signal)).toEqual({ kind: 'present' })
  })
})

const archive = async (entries: Record<string, string>) => {
  const tar = pack()
  for (const [name, text] of Object.entries(entries)) tar.entry({ name }, text)
  tar.finalize()
  const parts: Buffer[] = []
  for await (const part of tar) parts.push(part as Buffer)
  return gzipSync(Buffer.concat(parts))
}

describe('which image an archive holds', () => {
  const layers = ['sha256:1', 'sha256:2']
  const config = JSON.stringify({ rootfs: { type: 'layers', diff_ids: layers } })
  const manifest = JSON.stringify([{ Config: 'blobs/sha256/c', RepoTags: null, Layers: [] }])

  it('is told by its manifest, wherever that stands', async () => {
    const bytes = await archive({ 'layer.tar': 'x'.repeat(10_000), 'blobs/sha256/c': config, 'manifest.json': manifest, 'blobs/sha256/d': '{}' })
    expect(await archiveDigest(Readable.from([bytes]))).toBe(layersDigest(layers))
  })

  it.each([
    ['two images', { 'manifest.json': JSON.stringify([{ Config: 'a' }, { Config: 'b' }]), a: config, b: config }],
    ['no manifest', { a: config }],
    ['a manifest of something else', { 'manifest.json': manifest }],
    ['no layers', { 'manifest.json': manifest, 'blobs/sha256/c': JSON.stringify({ rootfs: { diff_ids: [] } }) }],
  ])('is refused: %s', async (_, entries) => {
    await expect(archiveDigest(Readable.from([await archive(entries)]))).rejects.toMatchObject({ code: 'image-refused' })
  })

  it('is refused where it breaks off, or is no archive', async () => {
    const whole = await archive({ 'blobs/sha256/c': config, 'manifest.json': manifest })
    await expect(archiveDigest(Readable.from([whole.subarray(0, whole.length / 2)]))).rejects.toMatchObject({ code: 'image-refused' })
    await expect(archiveDigest(Readable.from([Buffer.from('hello')]))).rejects.toMatchObject({ code: 'image-refused' })
  })
})
