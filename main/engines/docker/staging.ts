/** Inputs on their way in: one tar stream, verified while it flows. Nothing is gathered in memory or on disk. */
import { type Pack, pack } from 'tar-stream'
import type { InputRef } from '../engine.ts'
import { checkInputPath, readVerified, type Staged } from '../verified.ts'
import { patience, silent } from './bounded.ts'
import { runUser } from './hardening.ts'

/** A folder a mount lies at in the stager, with the inputs that go into it. */
export interface StagedMount {
  /** Relative to where the tar is unpacked; empty where that is the mount itself, whose owner then stays as it is. */
  folder: string
  writable: boolean
  inputs: InputRef[]
}

const owner = { uid: runUser, gid: runUser, mtime: new Date(0) }

/** Every folder above the paths, outermost first, each once. */
export function foldersOf(paths: string[]): string[] {
  const folders = new Set<string>()
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1)
    for (let i = 1; i <= parts.length; i += 1) folders.add(parts.slice(0, i).join('/'))
  }
  return [...folders]
}

function entry(tar: Pack, header: Parameters<Pack['entry']>[0], signal: AbortSignal) {
  const sink = tar.entry(header)
  // Destroyed together with its tar, whose end is told by `done`.
  sink.on('error', () => {})
  return {
    /** Resolves when the engine has taken enough to go on. */
    async write(chunk: Uint8Array): Promise<void> {
      // It may have been closed while these bytes were fetched: then nothing more is heard of it.
      if (sink.destroyed) throw new Error('the stream to the engine was closed')
      if (sink.write(chunk)) return
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => settle(silent()), patience.idleMs)
        const settle = (fault?: unknown): void => {
          clearTimeout(late)
          sink.off('drain', settle)
          sink.off('close', closed)
          signal.removeEventListener('abort', aborted)
          fault === undefined ? resolve() : reject(fault)
        }
        const closed = (): void => settle(new Error('the stream to the engine was closed'))
        const aborted = (): void => settle(signal.reason)
        sink.once('drain', () => settle())
        sink.once('close', closed)
        signal.addEventListener('abort', aborted, { once: true })
      })
    },
    end: () => sink.end(null),
  }
}

async function sendFile(tar: Pack, prefix: string, ref: InputRef, signal: AbortSignal, onBytes: (n: number) => void): Promise<Staged> {
  let sink: ReturnType<typeof entry> | null = null
  const begin = () => entry(tar, { name: `${prefix}${ref.path}`, size: ref.size, mode: 0o444, ...owner }, signal)
  const staged = await readVerified(ref, signal, async (chunk) => {
    sink ??= begin()
    await sink.write(chunk)
    onBytes(chunk.length)
  })
  ;(sink ?? begin()).end()
  return staged
}

/**
 * A tar of every mount: its root folder (a writable one belongs to the run's user alone), folders, and files read-only.
 * `done` resolves with what was sent when the last byte has been taken, or rejects; the tar is then destroyed, so the engine sees a
 * cut stream and not a whole one.
 */
export function packInputs(mounts: StagedMount[], signal: AbortSignal, onProgress: (bytes: number) => void): { tar: Pack; done: Promise<Staged[]> } {
  const tar = pack()
  // Its destruction is told by `done`.
  tar.on('error', () => {})
  const send = async (): Promise<Staged[]> => {
    const staged: Staged[] = []
    let bytes = 0
    for (const { folder, writable, inputs } of mounts) {
      const prefix = folder === '' ? '' : `${folder}/`
      for (const { path } of inputs) checkInputPath(path)
      if (folder !== '') tar.entry({ name: `${folder}/`, type: 'directory', mode: writable ? 0o700 : 0o555, ...owner })
      for (const inner of foldersOf(inputs.map(({ path }) => path))) {
        tar.entry({ name: `${prefix}${inner}/`, type: 'directory', mode: 0o755, ...owner })
      }
      for (const ref of inputs) {
        staged.push(
          await sendFile(tar, prefix, ref, signal, (n) => {
            bytes += n
            onProgress(bytes)
          }),
        )
      }
    }
    tar.finalize()
    return staged
  }
  const done = send().catch((fault: unknown) => {
    tar.destroy(fault instanceof Error ? fault : new Error('cancelled'))
    throw fault
  })
  return { tar, done }
}
