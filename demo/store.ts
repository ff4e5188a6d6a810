/** Takes uploaded bytes, into memory or into a folder. A full disk is a capability: the fault switches pull it. */
import { createHash } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { type Bytes, folderBytes, memoryBytes } from './bytes.ts'

export interface Store {
  /**
   * Reads a body to its end. `complete` is false where the client broke off or the disk was full: what had arrived is kept,
   * as XNAT keeps it, because it writes straight to the final place.
   */
  take(body: AsyncIterable<unknown>, cut?: () => void): Promise<{ bytes: Bytes; complete: boolean; reason?: 'aborted' | 'disk-full' }>
}

export interface StoreOptions {
  folder?: string
  /** bytes that still fit on the disk, asked before each chunk. */
  room?: () => number
  /** What an upload passes on its way in. */
  tap?: (body: AsyncIterable<unknown>, cut: () => void) => AsyncIterable<unknown>
}

export function createStore({ folder, room = () => Number.POSITIVE_INFINITY, tap = (body) => body }: StoreOptions): Store {
  let count = 0
  return {
    async take(body, cut = () => {}) {
      const hash = createHash('md5')
      const parts: Buffer[] = []
      let size = 0
      let reason: 'aborted' | 'disk-full' | undefined
      const path = folder === undefined ? undefined : join(folder, `${Date.now().toString(36)}-${(count++).toString(36)}.bin`)
      if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o700 })
      const file = path === undefined ? undefined : await open(path, 'wx', 0o600)
      try {
        for await (const part of tap(body, cut)) {
          const chunk = Buffer.from(part as Uint8Array)
          if (chunk.byteLength > room()) {
            reason = 'disk-full'
            break
          }
          hash.update(chunk)
          size += chunk.byteLength
          if (file) await file.write(chunk)
          else parts.push(chunk)
        }
      } catch {
        reason = 'aborted'
      } finally {
        await file?.close()
      }
      const digest = hash.digest('hex')
      const bytes = path === undefined ? memoryBytes(Buffer.concat(parts), digest) : folderBytes(path, size, digest)
      return reason ? { bytes, complete: false, reason } : { bytes, complete: true }
    },
  }
}
