/** Which image an archive of `docker save` holds, by its own manifest. */
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import { layersDigest } from '../engines/docker/images.ts'

const manifestSchema = z.array(z.object({ Config: z.string() })).length(1)
const configSchema = z.object({ rootfs: z.object({ diff_ids: z.array(z.string()).min(1) }) })
/** Manifests and configurations are small; layers are passed over. Bytes. */
const largestText = 4 * 1024 ** 2
const largestTexts = 32 * 1024 ** 2

const notAnImage = (cause?: unknown) =>
  new ScansideError('image-refused', 'This is not a whole archive of one image. Export the image again (docker save).', {}, { cause })

/**
 * SHA-256 over the layers of the one image in a gzipped archive, hex, as `layersDigest`. Reads it to its end.
 * @throws ScansideError `image-refused`
 */
export async function archiveDigest(archive: Readable): Promise<string> {
  const texts = new Map<string, string>()
  let kept = 0
  const entries = extract()
  pipeline(archive, createGunzip(), entries, () => undefined)
  try {
    for await (const entry of entries) {
      const { name, size = 0, type } = entry.header
      const chunks: Buffer[] = []
      const text = type === 'file' && size <= largestText && kept + size <= largestTexts
      for await (const chunk of entry) if (text) chunks.push(chunk as Buffer)
      const content = Buffer.concat(chunks)
      if (content[0] !== 0x7b && content[0] !== 0x5b) continue
      kept += size
      texts.set(name, content.toString('utf8'))
    }
    const [manifest] = manifestSchema.parse(JSON.parse(texts.get('manifest.json') ?? ''))
    return layersDigest(configSchema.parse(JSON.parse(texts.get(manifest?.Config ?? '') ?? '')).rootfs.diff_ids)
  } catch (cause) {
    throw notAnImage(cause)
  } finally {
    archive.destroy()
  }
}
