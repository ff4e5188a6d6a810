/** A tar archive of files and folders, dated at the epoch: the same entries give the same bytes. */
import { pack } from 'tar-stream'

/** `mode`: as for chmod; without `body` it is a folder. */
export async function tarOf(entries: { name: string; mode: number; body?: Buffer }[]): Promise<Buffer> {
  const tar = pack()
  for (const { name, mode, body } of entries) {
    const header = { name, mode, mtime: new Date(0) }
    if (body) tar.entry({ ...header, type: 'file' }, body)
    else tar.entry({ ...header, type: 'directory' })
  }
  tar.finalize()
  const parts: Buffer[] = []
  for await (const part of tar) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
