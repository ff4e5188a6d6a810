/** Hands an image archive to the local engine. */
import { createReadStream } from 'node:fs'
import Docker from 'dockerode'
import { ScansideError } from '../../oct/errors.ts'

/**
 * The engine answers 200 whatever happens and puts a failure into its stream of JSON lines; this reads it.
 * @throws ScansideError image-refused with what the engine said
 */
export function checkLoadAnswer(answer: string): void {
  for (const line of answer.split('\n')) {
    if (line.trim() === '') continue
    const message: unknown = parse(line)
    if (typeof message === 'object' && message !== null && 'error' in message) {
      throw new ScansideError('image-refused', 'The container engine did not take the image. Nothing was changed; build it again.', {
        engine: String(message.error).slice(0, 300),
      })
    }
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new ScansideError('image-refused', 'The container engine broke off while it loaded the image. Load it again.')
  }
}

/** Loads `path` where an engine answers at the usual place (or DOCKER_HOST); false where none does. */
export async function loadIfEngine(path: string): Promise<boolean> {
  const docker = new Docker()
  const answers = await docker.ping().then(
    () => true,
    () => false,
  )
  if (!answers) return false
  const stream = await docker.loadImage(createReadStream(path))
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  checkLoadAnswer(Buffer.concat(chunks).toString('utf8'))
  return true
}
