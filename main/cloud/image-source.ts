/** Where a cloud's machine has the analysis image from: the project's own object store, a registry, or the machine's own disk. */
import { randomBytes } from 'node:crypto'
import { ScansideError } from '../../oct/errors.ts'
import type { ImageSource } from '../engines/remote/job.ts'
import type { ObjectStore } from '../openstack/openstack.ts'

/** The project's container for images: shared by all its desks, never a run's. */
export const imagesContainer = 'scanside-images'
/** How an object says what its bytes must be: SHA-256 of the file, hex. */
export const checksumName = 'sha256'
/** A machine may wait a while before it starts, and loads the image once. */
const linkSeconds = 2 * 3_600

const checksum = /^[0-9a-f]{64}$/
const digestPattern = /^[0-9a-f]{64}$/

/** Names under which an image may lie there; `digest` is the one over `RootFS.Layers`. */
const objectNamesOf = (digest: string): string[] => [`${digest}.tar.gz`, `${digest}.tar`]

/** `registry.example.org/lab/pipeline:1.0` names its registry; `lab/pipeline:1.0` does not. */
export const namesRegistry = (name: string): boolean => {
  const [first = '', ...rest] = name.split('/')
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
}

/** The image's object, or null where there is none, or one that does not say what its bytes must be. */
export async function findImage(objects: ObjectStore, digest: string, signal: AbortSignal): Promise<{ name: string; sha256: string } | null> {
  if (!digestPattern.test(digest)) return null
  for (const name of objectNamesOf(digest)) {
    const sha256 = (await objects.object(imagesContainer, name, signal))?.metadata[checksumName]?.toLowerCase()
    if (sha256 !== undefined && checksum.test(sha256)) return { name, sha256 }
  }
  return null
}

/** The container's key for links: the one that is there, whoever made it, else a new one. */
async function keyOf(objects: ObjectStore, signal: AbortSignal): Promise<string> {
  const before = (await objects.container(imagesContainer, signal))?.tempUrlKey
  const key = before ?? randomBytes(32).toString('hex')
  // Given again where it is there: so the store shows, once in a life, whether it takes a container's own key.
  await objects.makeContainer(imagesContainer, { tempUrlKey: key }, signal)
  // Another desk may have made one in the same moment: what is there now counts.
  return (before ? null : (await objects.container(imagesContainer, signal))?.tempUrlKey) ?? key
}

/**
 * Asks the object store first, for a machine may reach no registry. `objects` answers null where the cloud has none or makes no links.
 * Rejects as `ObjectStore` does; an account that may not use it, or a store whose links do not open, leaves the registry.
 */
export function createImageSource(parts: { objects(): ObjectStore | null }) {
  const linked = async (digest: string, signal: AbortSignal): Promise<ImageSource | null> => {
    const objects = parts.objects()
    if (!objects?.tempUrl) return null
    try {
      const found = await findImage(objects, digest, signal)
      if (!found) return null
      const key = await keyOf(objects, signal)
      return { kind: 'link', url: objects.link('GET', imagesContainer, found.name, key, linkSeconds), sha256: found.sha256 }
    } catch (error) {
      if (error instanceof ScansideError && (error.code === 'forbidden' || error.code === 'not-supported')) return null
      throw error
    }
  }
  return async (image: { name: string; digest: string }, signal: AbortSignal): Promise<ImageSource> =>
    (await linked(image.digest, signal)) ?? (namesRegistry(image.name) ? { kind: 'registry', reference: image.name } : { kind: 'present' })
}
