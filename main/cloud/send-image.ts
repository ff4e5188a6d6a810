/** Puts an analysis image into the project's object store, once, so that machines without a registry can load it. */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { ScansideError } from '../../oct/errors.ts'
import type { ObjectStore } from '../openstack/openstack.ts'
import { archiveDigest } from './archive-digest.ts'
import { checksumName, findImage, imagesContainer } from './image-source.ts'

/** An image of this desk. */
export interface SentImage {
  name: string
  /** Over `RootFS.Layers`; null where only the archive knows. */
  digest: string | null
  /** As `docker save` writes it, gzipped or not; `size`: about its bytes. */
  open(signal: AbortSignal): Promise<{ archive: Readable; size: number }>
}

/** What Swift takes as one object, bytes. */
const largestObject = 5 * 1024 ** 3
const largest = () =>
  new ScansideError(
    'quota',
    'This image is larger than the 5 GiB a cloud takes as one file, so it was not sent. Put it into a registry the machines reach, or into their own image.',
  )

const asIs = async function* (source: AsyncIterable<Buffer>, seen: (bytes: number) => void) {
  for await (const chunk of source) {
    seen(chunk.length)
    yield chunk
  }
}

/** The archive as it will lie in the cloud: gzipped, on this desk's disk until it is there (an image holds no patient data). */
async function spool(archive: Readable, file: string, signal: AbortSignal, seen: (bytes: number) => void): Promise<void> {
  const chunks = asIs(archive, seen)
  const first = await chunks.next()
  const whole = async function* () {
    if (!first.done) yield first.value
    yield* chunks
  }
  const gzipped = first.value?.[0] === 0x1f && first.value[1] === 0x8b
  const source = Readable.from(whole(), { objectMode: false })
  const target = createWriteStream(file, { mode: 0o600, flags: 'wx' })
  try {
    if (gzipped) await pipeline(source, target, { signal })
    else await pipeline(source, createGzip({ level: 6 }), target, { signal })
  } catch (error) {
    if (signal.aborted) throw new ScansideError('cancelled', 'Sending the image was cancelled. Nothing was changed in the cloud.')
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new ScansideError('disk-full', 'There is no room on this computer to prepare the image. Make room and try again; nothing was sent.')
    throw error
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/**
 * Exports, packs, sends and reads back. An image that is there already is left as it is.
 * @param folder where the archive waits; made if need be, and empty of it afterwards
 * @returns a sentence
 * @throws ScansideError `integrity` where what came out of the engine is another image, or the cloud has other bytes
 */
export async function sendImage(
  parts: { objects: ObjectStore; image: SentImage; folder: string },
  signal: AbortSignal,
  report: (progress: number | null, message: string) => void,
): Promise<string> {
  const { objects, image, folder } = parts
  const there = `${image.name} is in the cloud’s object store.`
  if (image.digest !== null && (await findImage(objects, image.digest, signal))) return there
  const file = join(folder, `image-${randomUUID()}.tar.gz`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    report(null, 'Packing the image …')
    const { archive, size: about } = await image.open(signal)
    let packed = 0
    try {
      await spool(archive, file, signal, (bytes) => {
        packed += bytes
        report(about > 0 ? Math.min(0.5, (packed / about) * 0.5) : null, 'Packing the image …')
      })
    } finally {
      archive.destroy()
    }
    const { size } = await stat(file)
    if (size > largestObject) throw largest()
    const digest = await archiveDigest(createReadStream(file))
    if (image.digest !== null && digest !== image.digest) {
      throw new ScansideError('integrity', 'The engine handed out another image than the one that was chosen. Nothing was sent; try again.')
    }
    if (image.digest === null && (await findImage(objects, digest, signal))) return there
    const sha256 = await sha256Of(file)
    const name = `${digest}.tar.gz`
    await objects.makeContainer(imagesContainer, {}, signal)
    let sent = 0
    const body = Readable.from(
      asIs(createReadStream(file), (bytes) => {
        sent += bytes
        report(0.5 + Math.min(0.5, (sent / size) * 0.5), 'Sending the image …')
      }),
      { objectMode: false },
    )
    try {
      await objects.put(imagesContainer, name, { stream: body, size }, { metadata: { [checksumName]: sha256 } }, signal)
    } finally {
      body.destroy()
    }
    const arrived = await objects.object(imagesContainer, name, signal)
    if (arrived?.size !== size || arrived.metadata[checksumName] !== sha256) {
      await objects.deleteObject(imagesContainer, name)
      throw new ScansideError('integrity', 'The image did not arrive whole in the cloud and was taken out again. Send it once more.')
    }
    return there
  } finally {
    await rm(file, { force: true })
  }
}

/** Removes what an earlier life left half packed. */
export const clearSpool = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })
