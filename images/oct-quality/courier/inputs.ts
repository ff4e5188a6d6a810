/** Inputs on their way in: checked as the originals they are, then without what says whose they are. */
import { createHash } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ByteChange } from '../../../main/engines/engine.ts'
import type { RemoteOutcome } from '../../../main/engines/remote/job.ts'
import type { CourierArchive } from './archive.ts'
import { type Answered, type Ask, NoAnswer, patiently } from './http.ts'
import { type CourierJob, Trouble } from './job.ts'

/** Fills what the changes name in a chunk that begins at `position` of its file. In place. */
export function applyChanges(chunk: Buffer, position: number, changes: readonly ByteChange[]): void {
  for (const { offset, length, fill } of changes) {
    const from = Math.max(0, offset - position)
    const to = Math.min(chunk.length, offset + length - position)
    if (from < to) chunk.fill(fill, from, to)
  }
}

type Given = RemoteOutcome['given'][number]

const attempts = 4

/**
 * Fetches one input into `folder`.
 * @throws Trouble `input-differs`, `input-missing`, `disk-full` and what the archive's part throws
 */
export async function fetchInput(
  input: CourierJob['inputs'][number],
  folder: string,
  { archive, ask, signal }: { archive: CourierArchive; ask: Ask; signal: AbortSignal },
): Promise<Given> {
  const path = join(folder, input.path)
  await mkdir(dirname(path), { recursive: true })
  for (let attempt = 1; ; attempt++) {
    try {
      return await written(await source(), path)
    } catch (fault) {
      // The archive cannot resume: what broke off is fetched from its beginning.
      if (!(fault instanceof NoAnswer) || attempt === attempts || signal.aborted) throw fault
    }
  }

  async function source(): Promise<Answered> {
    if (input.from.kind === 'archive') return await archive.open(input.from)
    const { url } = input.from
    const answer = await patiently(() => ask({ method: 'GET', url }), signal)
    if (answer.status === 200) return answer
    answer.stream.destroy()
    throw new Trouble('input-missing')
  }

  async function written({ stream }: Answered, path: string): Promise<Given> {
    const md5 = createHash('md5')
    const sha256 = createHash('sha256')
    let size = 0
    const file = await open(path, 'w', 0o600)
    try {
      const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
      for (;;) {
        const next = await chunks.next().catch(() => {
          throw new NoAnswer('BROKEN')
        })
        if (next.done) break
        const chunk = next.value
        md5.update(chunk)
        applyChanges(chunk, size, input.changes)
        size += chunk.length
        if (size > input.size) throw new Trouble('input-differs')
        sha256.update(chunk)
        await file.writeFile(chunk)
      }
    } catch (fault) {
      throw fault instanceof Error && 'code' in fault && fault.code === 'ENOSPC' ? new Trouble('disk-full') : fault
    } finally {
      stream.destroy()
      await file.close()
    }
    if (size !== input.size || (input.md5 !== '' && md5.digest('hex') !== input.md5)) throw new Trouble('input-differs')
    return { path: input.path, size, sha256: sha256.digest('hex') }
  }
}
