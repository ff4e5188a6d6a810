/** Pictures the window has made and texts it has fetched, on their way to the clipboard or to a file a person chooses. */
import { rm, writeFile } from 'node:fs/promises'
import { ScansideError } from '../oct/errors.ts'
import type { Bulk } from './doorway/bulk.ts'

/** What a front can do with a picture; a text is saved alike, and known by its name's end. */
export interface PictureOutlets {
  copy(png: Uint8Array): Promise<void>
  /** Asks where to, suggesting `name`, and writes there; false where the person chose nowhere. */
  save(name: string, bytes: Uint8Array): Promise<boolean>
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

/**
 * A ticket to PUT one text of `size` bytes to, for a file the person chooses; works and answers like a picture's.
 * @throws ScansideError `not-supported` where the front has no outlets of its own
 */
export function textTicket(
  outlets: Pick<PictureOutlets, 'save'> | null,
  bulk: Pick<Bulk, 'mint' | 'revoke'>,
  { size, name }: { size: number; name: string },
): { url: string } {
  if (!outlets) throw new ScansideError('not-supported', 'In a browser, the page itself saves texts. Nothing was changed; use its own buttons.')
  const url = bulk.mint(async (request) => {
    bulk.revoke(url)
    const broken = (got: number) =>
      new ScansideError('invalid-file', 'The text did not arrive whole. Nothing was saved; try once more.', { size, got })
    return Response.json({ done: await outlets.save(name, await readWhole(request, size, broken)) })
  })
  return { url }
}

async function readPng(request: Request, size: number): Promise<Uint8Array> {
  const broken = (got: number) =>
    new ScansideError('invalid-file', 'The picture did not arrive whole. Nothing was saved or copied; try once more.', { size, got })
  const png = await readWhole(request, size, broken)
  if (signature.some((byte, i) => png[i] !== byte)) throw broken(size)
  return png
}

async function readWhole(request: Request, size: number, broken: (got: number) => ScansideError): Promise<Uint8Array> {
  if (request.method !== 'PUT' || !request.body) throw broken(0)
  const bytes = new Uint8Array(size)
  let got = 0
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    if (got + chunk.length > size) throw broken(got + chunk.length)
    bytes.set(chunk, got)
    got += chunk.length
  }
  if (got !== size) throw broken(got)
  return bytes
}

/**
 * Writes a picture or a text to the path a person chose, and nowhere else. What could not be written whole is taken away again.
 * @throws ScansideError `disk-full`, `forbidden` or `internal`; none names the path
 */
export async function writeChosen(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? ''
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      await rm(path, { force: true }).catch(() => undefined)
      throw new ScansideError('disk-full', 'There is no room for this file there. Nothing else was changed; choose another place.', {}, { cause })
    }
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
      throw new ScansideError(
        'forbidden',
        'This file may not be written there. Nothing else was changed; choose a folder you may write to.',
        {},
        { cause },
      )
    throw new ScansideError('internal', 'This file could not be written there. Nothing else was changed; choose another place.', { code }, { cause })
  }
}
