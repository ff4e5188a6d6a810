/** Writes a docker-archive (what `docker load` takes) without Docker: the same content gives the same bytes. */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { pack } from 'tar-stream'

export interface LayerFile {
  /** Without leading slash; folders end with one. */
  path: string
  mode: number
  /** user and group */
  owner?: number
  bytes?: Buffer
}

export interface ImageContent {
  /** `scanside/oct-quality:2.0.0` */
  name: string
  labels: Record<string, string>
  user: string
  command: string[]
  /** Lowest first. A layer that seldom changes goes below. */
  layers: LayerFile[][]
}

export const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')

/** A layer as tar: sorted by path, times zero. */
export async function layerTar(files: LayerFile[]): Promise<Buffer> {
  const tar = pack()
  const written = buffer(tar)
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const owner = file.owner ?? 0
    const header = { name: file.path, mode: file.mode, mtime: new Date(0), uid: owner, gid: owner }
    if (file.path.endsWith('/')) tar.entry({ ...header, type: 'directory' })
    else tar.entry(header, file.bytes ?? Buffer.alloc(0))
  }
  tar.finalize()
  return written
}

/** The image's configuration, as the engine keeps it. Order of keys and time are fixed. */
export function imageConfig(content: Pick<ImageContent, 'labels' | 'user' | 'command'>, diffIds: string[]): string {
  const created = '2026-01-01T00:00:00Z'
  return JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    created,
    config: { User: content.user, Env: ['PATH=/'], Cmd: content.command, WorkingDir: '/', Labels: content.labels },
    rootfs: { type: 'layers', diff_ids: diffIds.map((id) => `sha256:${id}`) },
    history: diffIds.map(() => ({ created, created_by: 'scanside' })),
  })
}

/** Writes the gzipped archive in one step: a file of this name is always whole. */
export async function writeImage(path: string, content: ImageContent): Promise<void> {
  const layers: { id: string; bytes: Buffer }[] = []
  for (const files of content.layers) {
    const bytes = await layerTar(files)
    layers.push({ id: sha256(bytes), bytes })
  }
  const config = imageConfig(
    content,
    layers.map((layer) => layer.id),
  )
  const manifest = [{ Config: `${sha256(config)}.json`, RepoTags: [content.name], Layers: layers.map((layer) => `${layer.id}/layer.tar`) }]
  const tar = pack()
  // Two builds at once must not write into each other's file.
  const part = `${path}.${process.pid}.part`
  const written = pipeline(tar, createGzip({ level: 4 }), createWriteStream(part))
  const entry = (name: string, bytes: Buffer) => tar.entry({ name, mode: 0o644, mtime: new Date(0) }, bytes)
  for (const layer of layers) entry(`${layer.id}/layer.tar`, layer.bytes)
  entry(`${sha256(config)}.json`, Buffer.from(config))
  entry('manifest.json', Buffer.from(JSON.stringify(manifest)))
  tar.finalize()
  try {
    await written
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}
