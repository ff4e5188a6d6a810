/** The image of a pipeline as this desk has it: on its engine, or as the archive that came with the application. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { ScansideError } from '../../oct/errors.ts'
import type { EngineImages } from '../engines/docker/images.ts'
import type { SentImage } from './send-image.ts'

export interface ImageOf {
  /** As `pipelines.list` gives it: `<image's id>|<command>|<wrapper>`. */
  pipeline: string
  /** Of the container engine; rejects with `engine-unavailable`. */
  images(): Promise<EngineImages>
  /** The archive of the image this project ships, made first where it is not there yet. */
  shipped: ((signal: AbortSignal) => Promise<string>) | null
}

/**
 * What the application runs itself is sent as the image of the same pipeline.
 * @throws ScansideError `not-found`, `not-supported`, `engine-unavailable`
 */
export async function imageOf({ pipeline, images, shipped }: ImageOf, signal: AbortSignal): Promise<SentImage> {
  if (pipeline.startsWith('builtin|')) {
    if (!shipped) throw new ScansideError('not-supported', 'This installation came without the OCT quality image. Load it from a file, then send it.')
    const file = await shipped(signal)
    return {
      name: 'The OCT quality image',
      digest: null,
      open: async () => ({ archive: createReadStream(file), size: (await stat(file)).size }),
    }
  }
  const engine = await images()
  const image = (await engine.list()).find(({ id }) => pipeline.startsWith(`${id}|`))
  if (!image) throw new ScansideError('not-found', 'This pipeline is no longer on the engine. Load its image again, then send it.')
  const [name] = image.names
  return { name: name ?? `Image ${image.digest.slice(0, 12)}`, digest: image.digest, open: (stop) => engine.save(name ?? image.id, stop) }
}
