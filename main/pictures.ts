/** Pictures the window has made, on their way to the clipboard or to a file a person chooses. */
import { rm, writeFile } from 'node:fs/promises'
import { ScansideError } from '../oct/errors.ts'
import type { Bulk } from './doorway/bulk.ts'

/** What a front can do with a picture. */
export interface PictureOutlets {
  copy(png: Uint8Array): Promise<void>
  /** Asks where to, suggesting `name`, and writes there; false where the person chose nowhere. */
  save(name: string, png: Uint8Array): Promise<boolean>
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/**
 * A ticket to PUT one PNG of `size` bytes to; it works once and answers `{ done }`, false where the person chose no file.
 * @throws ScansideError `not-supported` where the front has no outlets of its own
 */
export function pictureTicket(
  outlets: PictureOutlets | null,
  bulk: Pick<Bulk, 'mint' | 'revoke'>,
  { size, to, name }: { size: number; to: 'clipboard' | 'file'; name: string },
): { url: string } {
  if (!outlets)
    throw new ScansideError('not-supported', 'In a browser, the page itself copies and saves pictures. Nothing was changed; use its own buttons.')
  const url = bulk.mint(async (request) => {
    bulk.revoke(url)
    const png = await readPng(request, size)
    if (to === 'file') return Response.json({ done: await outlets.save(name, png) })
    await outlets.copy(png)
    return Response.json({ done: true })
  })
  return { url }
}

async function readPng(request: Request, size: number): Promise<Uint8Array> {
  const broken = (got: number) =>
    new ScansideError('invalid-file', 'The picture did not arrive whole. Nothing was saved or copied; try once more.', { size, got })
  if (request.method !== 'PUT' || !request.body) throw broken(0)
  const png = new Uint8Array(size)
  let got = 0
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    if (got + chunk.length > size) throw broken(got + chunk.length)
    png.set(chunk, got)
    got += chunk.length
  }
  if (got !== size || signature.some((byte, i) => png[i] !== byte)) throw broken(got)
  return png
}

/**
 * Writes a picture to the path a person chose, and nowhere else. What could not be written whole is taken away again.
 * @throws ScansideError `disk-full`, `forbidden` or `internal`; none names the path
 */
export async function writePicture(path: string, png: Uint8Array): Promise<void> {
  try {
    await writeFile(path, png)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? ''
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      await rm(path, { force: true }).catch(() => undefined)
      throw new ScansideError('disk-full', 'There is no room for the picture there. The scan is untouched; choose another place.', {}, { cause })
    }
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
      throw new ScansideError(
        'forbidden',
        'The picture may not be written there. The scan is untouched; choose a folder you may write to.',
        {},
        { cause },
      )
    throw new ScansideError('internal', 'The picture could not be written there. The scan is untouched; choose another place.', { code }, { cause })
  }
}
