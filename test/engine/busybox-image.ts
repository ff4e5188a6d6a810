/** A tiny image for the engine suite and the bench: Debian's static busybox in a docker archive, written here without any tool. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pack } from 'tar-stream'

export const busyboxPath = '/bin/busybox'

export const testImageName = 'scanside-test/busybox:1'

async function tarOf(entries: { name: string; type: 'file' | 'directory'; mode: number; body?: Uint8Array }[]): Promise<Buffer> {
  const tar = pack()
  for (const { name, type, mode, body } of entries) {
    const header = { name, type, mode, mtime: new Date(0) }
    if (body === undefined) tar.entry(header)
    else tar.entry(header, Buffer.from(body))
  }
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export interface TestImageOptions {
  name?: string
  labels?: Record<string, string>
  entrypoint?: string[]
}

/** The archive as `docker save` would write it: manifest, config, one layer. */
export async function busyboxArchive(options: TestImageOptions = {}): Promise<Buffer> {
  let busybox: Buffer
  try {
    busybox = await readFile(busyboxPath)
  } catch {
    throw new Error(`${busyboxPath} is missing. The engine suite needs it: apt-get install busybox-static`)
  }
  const layer = await tarOf([
    { name: 'bin/', type: 'directory', mode: 0o755 },
    { name: 'bin/busybox', type: 'file', mode: 0o755, body: busybox },
  ])
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Entrypoint: options.entrypoint ?? null, Labels: options.labels ?? {}, Env: ['PATH=/bin'] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
      history: [{ created: '1970-01-01T00:00:00Z', created_by: 'scanside engine suite' }],
    }),
  )
  const configName = `${sha256(config)}.json`
  const manifest = Buffer.from(JSON.stringify([{ Config: configName, RepoTags: [options.name ?? testImageName], Layers: ['layer.tar'] }]))
  return await tarOf([
    { name: configName, type: 'file', mode: 0o644, body: config },
    { name: 'layer.tar', type: 'file', mode: 0o644, body: layer },
    { name: 'manifest.json', type: 'file', mode: 0o644, body: manifest },
  ])
}

/** The archive as a stream, in pieces as a browser would send it. */
export async function busyboxStream(options: TestImageOptions = {}): Promise<Readable> {
  const bytes = await busyboxArchive(options)
  const piece = 256 * 1024
  return Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece)
    })(),
    { objectMode: false },
  )
}
