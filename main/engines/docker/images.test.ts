import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { isEnginesOwn, layersDigest, loadedName, parseImageName, pullShare, unpacked } from './images.ts'
import { readProgress, StreamedFault } from './ndjson.ts'

async function all(chunks: string[]): Promise<Record<string, unknown>[]> {
  const source = (async function* () {
    yield* chunks
  })()
  const events: Record<string, unknown>[] = []
  for await (const event of readProgress(source)) events.push(event)
  return events
}

describe('progress', () => {
  it('comes line by line, however it is cut', async () => {
    expect(await all(['{"status":"a"}\r\n{"sta', 'tus":"b"}\n\n', '{"status":"c"}'])).toEqual([{ status: 'a' }, { status: 'b' }, { status: 'c' }])
  })

  it.each([
    ['an error inside a 200', ['{"status":"Pulling"}\n{"errorDetail":{"message":"no such image"},"error":"no such image"}\n'], 'no such image'],
    ['only its detail', ['{"errorDetail":{"message":"gone"}}\n'], 'gone'],
    ['a connection that was cut', ['{"status":"a"}\n{"stat'], 'broke off'],
    ['a page instead', ['<html>\n'], 'broke off'],
    ['a list', ['[1]\n{"error":"x"}\n'], 'x'],
  ])('throws at %s', async (_, chunks, text) => {
    await expect(all(chunks)).rejects.toThrow(StreamedFault)
    await expect(all(chunks)).rejects.toThrow(text)
  })
})

describe('names of images', () => {
  it.each([
    ['lab/pipeline', { image: 'lab/pipeline', tag: 'latest' }],
    ['lab/pipeline:1.0', { image: 'lab/pipeline', tag: '1.0' }],
    ['registry.example.org:5000/lab/pipeline:1.0', { image: 'registry.example.org:5000/lab/pipeline', tag: '1.0' }],
    ['registry.example.org:5000/lab/pipeline', { image: 'registry.example.org:5000/lab/pipeline', tag: 'latest' }],
    [`lab/pipeline@sha256:${'a'.repeat(64)}`, { image: 'lab/pipeline', tag: `sha256:${'a'.repeat(64)}` }],
    ['', null],
    ['two words', null],
    ['--privileged', null],
    ['https://example.org/image', null],
  ])('%s', (name, parsed) => {
    expect(parseImageName(name)).toEqual(parsed)
  })

  it('are read from what the engine prints', () => {
    expect(loadedName('Loaded image: lab/pipeline:1.0')).toBe('lab/pipeline:1.0')
    expect(loadedName('Loaded image ID: sha256:abc')).toBe('sha256:abc')
    expect(loadedName('something else')).toBeNull()
  })
})

describe('a pull', () => {
  it('is as far as its layers together', () => {
    expect(pullShare(new Map())).toBeNull()
    expect(
      pullShare(
        new Map([
          ['a', { current: 10, total: 10 }],
          ['b', { current: 0, total: 30 }],
        ]),
      ),
    ).toBe(0.25)
  })
})

describe('layersDigest', () => {
  it('depends on the layers and their order', () => {
    expect(layersDigest(['sha256:a', 'sha256:b'])).not.toBe(layersDigest(['sha256:b', 'sha256:a']))
    expect(layersDigest(['sha256:a'])).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('why an archive did not load', () => {
  it.each([
    ['Error processing tar file(exit status 1): unexpected EOF', false],
    ['Error processing tar file(exit status 1): archive/tar: invalid tar header', false],
    ['open manifest.json: no such file or directory', false],
    ['Error processing tar file(exit status 1): write /app: no space left on device', true],
    ['Error processing tar file(exit status 1): remount /, flags: 0x84000: invalid argument', true],
  ])('%s: the engine’s own trouble: %s', (message, own) => {
    expect(isEnginesOwn(new Error(message))).toBe(own)
  })
})

describe('an archive for an engine that takes none compressed', () => {
  const bytes = Buffer.from('manifest.json '.repeat(50_000))
  const read = async (content: Buffer, flavour: 'docker' | 'podman' = 'podman') => {
    const pieces = Array.from({ length: Math.ceil(content.length / 1000) }, (_, i) => content.subarray(i * 1000, (i + 1) * 1000))
    return Buffer.concat(await Readable.from(unpacked(Readable.from(pieces), async () => flavour)).toArray())
  }

  it('is unpacked where it is compressed, and passes where it is not', async () => {
    expect((await read(gzipSync(bytes))).equals(bytes)).toBe(true)
    expect((await read(bytes)).equals(bytes)).toBe(true)
    expect((await read(gzipSync(bytes), 'docker')).equals(gzipSync(bytes))).toBe(true)
    expect(await read(Buffer.alloc(0))).toHaveLength(0)
  })

  it('that is damaged or cut is told as no whole archive', async () => {
    const packed = gzipSync(bytes)
    await expect(read(packed.subarray(0, packed.length - 20))).rejects.toThrow(StreamedFault)
    await expect(read(Buffer.concat([packed.subarray(0, 20), Buffer.alloc(500, 0xff)]))).rejects.toThrow(StreamedFault)
  })
})
