/** Images on an engine: which there are, and how new ones come. */
import { createHash } from 'node:crypto'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type Docker from 'dockerode'
import { ScansideError } from '../../../oct/errors.ts'
import { engineFault, isGone } from './client.ts'
import type { Flavour } from './hardening.ts'
import { readProgress, StreamedFault } from './ndjson.ts'

/** The label in which an image carries its commands, as XNAT's Container Service reads it. */
export const commandsLabel = 'org.nrg.commands'

export interface EngineImage {
  /** The engine's own id, good for creating a container there and nowhere else. */
  id: string
  /** `name:tag`, newest first as the engine lists them; empty for an image without a name. */
  names: string[]
  /** SHA-256 over `RootFS.Layers`, hex: the same on every engine and in every archive of the image. */
  digest: string
  /** `amd64` */
  architecture: string
  os: string
  labels: Record<string, string>
  entrypoint: string[]
  cmd: string[]
}

export interface EngineImages {
  /** Every image that carries commands. */
  list(): Promise<EngineImage[]>
  /**
   * Loads an archive (.tar, .tar.gz) as `docker save` writes it. Rejects with `image-refused` where it is none or carries no commands;
   * such an image is removed again if loading brought it. `onProgress`: bytes sent.
   */
  load(archive: Readable, signal: AbortSignal, onProgress: (bytes: number) => void): Promise<EngineImage>
  /** Fetches from a registry. `onProgress`: 0..1, null while it cannot be told. Rejects with `image-refused` as `load`. */
  pull(name: string, signal: AbortSignal, onProgress: (part: number | null) => void): Promise<EngineImage>
  /**
   * The image's archive as `docker save` writes it (an uncompressed tar), by id, or by name where the archive is to carry it.
   * `size`: what the engine says of the image, bytes; about the archive's.
   */
  save(idOrName: string, signal: AbortSignal): Promise<{ archive: Readable; size: number }>
}

const tryAgain = 'Nothing was changed; try again.'

/** Digest over the uncompressed layers' digests, in order. */
export function layersDigest(layers: string[]): string {
  return createHash('sha256').update(layers.join('\n')).digest('hex')
}

/** `host:5000/name:tag` apart; the tag is `latest` where there is none. Null where it cannot be an image's name. */
export function parseImageName(name: string): { image: string; tag: string } | null {
  const match = /^([a-z0-9][a-z0-9._\-/]*(?::\d+\/[a-z0-9._\-/]+)?)(?::([\w][\w.-]{0,127})|@(sha256:[0-9a-f]{64}))?$/i.exec(name.trim())
  if (match?.[1] === undefined || name.length > 500) return null
  return { image: match[1], tag: match[2] ?? match[3] ?? 'latest' }
}

/** Names an image by what the engine prints: `Loaded image: name:tag` or `Loaded image ID: sha256:…`. */
export function loadedName(line: string): string | null {
  return /^Loaded image(?: ID)?:\s*(\S+)/.exec(line)?.[1] ?? null
}

/** Share of all layers seen so far. */
export function pullShare(layers: Map<string, { current: number; total: number }>): number | null {
  let current = 0
  let total = 0
  for (const layer of layers.values()) {
    current += layer.current
    total += layer.total
  }
  return total > 0 ? Math.min(1, current / total) : null
}

async function* counted(source: AsyncIterable<Buffer>, onProgress: (bytes: number) => void): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    onProgress(bytes)
    yield chunk
  }
}

/** Podman's API takes no compressed archive; what is none passes as it is. `flavour` is asked for a compressed one alone. */
export async function* unpacked(source: AsyncIterable<Buffer>, flavour: () => Promise<Flavour>): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]()
  const first = await chunks.next()
  if (first.done) return
  const whole = async function* () {
    yield first.value
    yield* { [Symbol.asyncIterator]: () => chunks }
  }
  const compressed = first.value[0] === 0x1f && first.value[1] === 0x8b
  if (!compressed || (await flavour()) === 'docker') {
    yield* whole()
    return
  }
  const gunzip = createGunzip()
  // Its failure is told by the stream that is read.
  pipeline(Readable.from(whole(), { objectMode: false }), gunzip, () => {})
  try {
    yield* gunzip as AsyncIterable<Buffer>
  } catch (fault) {
    throw /^Z_/.test(String((fault as { code?: unknown }).code)) ? new StreamedFault('the archive is damaged') : fault
  }
}

/** Words of an engine whose own disk or rights are the trouble: then another archive would not help. */
export const isEnginesOwn = (fault: unknown): boolean =>
  fault instanceof Error && /no space left|remount|operation not permitted|read-only file system|input\/output error/i.test(fault.message)

/** An untagged image has no names; engines say so with an empty list, null, or a placeholder. */
const realNames = (tags: string[] | null | undefined): string[] => (tags ?? []).filter((tag) => !tag.startsWith('<none>'))

/** `flavour`: which engine it is; asked at the first load of a compressed archive. */
export function createImages(docker: Docker, flavour: () => Promise<Flavour>): EngineImages {
  const known = new Map<string, Omit<EngineImage, 'names'>>()

  const inspect = async (idOrName: string): Promise<EngineImage> => {
    const info = await docker.getImage(idOrName).inspect()
    const image = {
      id: info.Id,
      digest: layersDigest(info.RootFS?.Layers ?? []),
      architecture: info.Architecture,
      os: info.Os,
      labels: info.Config?.Labels ?? {},
      entrypoint: [info.Config?.Entrypoint ?? []].flat(),
      cmd: info.Config?.Cmd ?? [],
    }
    known.set(info.Id, image)
    return { ...image, names: realNames(info.RepoTags) }
  }

  /** An image that came in is taken only with commands. */
  const admit = async (name: string, before: Set<string>): Promise<EngineImage> => {
    const image = await inspect(name)
    if (image.labels[commandsLabel] !== undefined) return image
    // Of an image that was there under another name, the name alone goes.
    if (!before.has(image.id) || (!before.has(name) && image.names.length > 1))
      await docker
        .getImage(name)
        .remove()
        .catch(() => {})
    throw new ScansideError(
      'image-refused',
      'This image does not say what it can do (it has no label org.nrg.commands), so Scanside cannot run it. Ask whoever made it for a version made for XNAT.',
    )
  }

  /** Ids and names of what is there. */
  const allKnown = async (): Promise<Set<string>> =>
    new Set((await docker.listImages({ all: true })).flatMap(({ Id, RepoTags, RepoDigests }) => [Id, ...(RepoTags ?? []), ...(RepoDigests ?? [])]))

  return {
    async list() {
      try {
        const rows = await docker.listImages({ filters: JSON.stringify({ label: [commandsLabel] }) })
        const images = await Promise.all(
          rows.map(async (row): Promise<EngineImage[]> => {
            const seen = known.get(row.Id)
            if (seen !== undefined) return [{ ...seen, names: realNames(row.RepoTags) }]
            try {
              return [await inspect(row.Id)]
            } catch (fault) {
              // Removed since it was listed.
              if (isGone(fault)) return []
              throw fault
            }
          }),
        )
        return images.flat()
      } catch (fault) {
        throw engineFault(fault, 'list its images', tryAgain)
      }
    },

    async load(archive, signal, onProgress) {
      const body = Readable.from(unpacked(counted(archive as AsyncIterable<Buffer>, onProgress), flavour), { objectMode: false })
      try {
        const before = await allKnown()
        const answer = await docker.loadImage(body, { abortSignal: signal })
        let name: string | null = null
        for await (const event of readProgress(answer as AsyncIterable<Buffer>)) {
          if (typeof event.stream === 'string') name = loadedName(event.stream.trim()) ?? name
        }
        if (name === null) throw new StreamedFault('nothing was loaded')
        return await admit(name, before)
      } catch (fault) {
        if (signal.aborted) throw new ScansideError('cancelled', 'Loading the image was cancelled.')
        // Docker answers 200 and says it in the stream; Podman answers 500.
        const told = fault instanceof StreamedFault || (fault as { statusCode?: number }).statusCode === 500
        if (told && !isEnginesOwn(fault)) {
          throw new ScansideError(
            'image-refused',
            'This file is not a whole image archive, so nothing was loaded. Export the image again (docker save) and load that file.',
            {},
            { cause: fault },
          )
        }
        throw engineFault(fault, 'load the image', tryAgain)
      } finally {
        body.destroy()
        archive.destroy()
      }
    },

    async pull(name, signal, onProgress) {
      const parsed = parseImageName(name)
      if (parsed === null)
        throw new ScansideError('invalid-argument', 'This is not an image name. It looks like registry.example.org/lab/pipeline:1.0.')
      try {
        const before = await allKnown()
        const answer = await docker.createImage({ fromImage: parsed.image, tag: parsed.tag, abortSignal: signal })
        const layers = new Map<string, { current: number; total: number }>()
        const abort = (): void => {
          ;(answer as Readable).destroy(new Error('cancelled'))
        }
        signal.addEventListener('abort', abort, { once: true })
        try {
          for await (const event of readProgress(answer as AsyncIterable<Buffer>)) {
            const detail = event.progressDetail as { current?: unknown; total?: unknown } | undefined
            if (
              event.status === 'Downloading' &&
              typeof event.id === 'string' &&
              typeof detail?.current === 'number' &&
              typeof detail.total === 'number'
            ) {
              layers.set(event.id, { current: detail.current, total: detail.total })
            }
            onProgress(pullShare(layers))
          }
        } finally {
          signal.removeEventListener('abort', abort)
        }
        return await admit(parsed.tag.startsWith('sha256:') ? `${parsed.image}@${parsed.tag}` : `${parsed.image}:${parsed.tag}`, before)
      } catch (fault) {
        if (signal.aborted) throw new ScansideError('cancelled', 'Fetching the image was cancelled.')
        if (fault instanceof StreamedFault || isGone(fault) || (fault as { statusCode?: number }).statusCode === 500) {
          throw new ScansideError(
            'unreachable',
            'The image could not be fetched from its registry. Check its name and the network, or load it from a file.',
            {},
            { cause: fault },
          )
        }
        throw engineFault(fault, 'fetch the image', tryAgain)
      }
    },

    async save(idOrName, signal) {
      try {
        const image = docker.getImage(idOrName)
        const { Size: size } = await image.inspect()
        const archive = (await image.get()) as Readable
        const stop = (): void => {
          archive.destroy(new ScansideError('cancelled', 'Exporting the image was cancelled.'))
        }
        // It may break off before anybody reads it, and an error that nobody hears ends the process.
        archive.on('error', () => undefined)
        signal.addEventListener('abort', stop, { once: true })
        archive.once('close', () => signal.removeEventListener('abort', stop))
        if (!signal.aborted) return { archive, size }
        stop()
        throw new ScansideError('cancelled', 'Exporting the image was cancelled.')
      } catch (fault) {
        if (signal.aborted) throw new ScansideError('cancelled', 'Exporting the image was cancelled.')
        throw engineFault(fault, 'export the image', tryAgain)
      }
    },
  }
}
