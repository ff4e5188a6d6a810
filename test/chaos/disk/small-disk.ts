/** A disk of a few megabytes in memory, which can be filled to the last block and made room on. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endsWith } from '../ending.ts'

export interface SmallDisk {
  folder: string
  /** Takes all room but so much, kB. */
  fill(leaveKb: number): void
  makeRoom(): void
  /** All that is on it goes. */
  clear(): void
  remove(): Promise<void>
}

/** @throws Error with a sentence where nothing can be mounted here */
export function mountSmallDisk(megabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'scanside-small-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'scanside-small', folder], { encoding: 'utf8' })
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true, force: true })
    throw new Error(`A small disk can only be mounted by root: ${mounted.stderr}`)
  }
  const filler = join(folder, 'filler')
  const free = () => {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  }
  return {
    folder,
    fill(leaveKb) {
      rmSync(filler, { force: true })
      try {
        writeFileSync(filler, Buffer.alloc(Math.max(0, free() - leaveKb * 1024)))
      } catch (error) {
        // Whoever writes meanwhile has taken the last of it.
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    clear() {
      if (!existsSync(folder)) mkdirSync(folder)
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true })
    },
    remove: endsWith(() => {
      spawnSync('umount', ['--lazy', folder])
      rmSync(folder, { recursive: true, force: true })
    }),
  }
}
