/** Outputs on their way back. The container is untrusted: every name, type, size and count is checked while the tar flows. */
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { extract, type Header } from 'tar-stream'
import { ScansideError } from '../../../oct/errors.ts'
import type { OutputRef, RunLimits } from '../engine.ts'

type OutputLimits = Pick<RunLimits, 'outputBytes' | 'outputFiles' | 'outputDepth'>

const refuse = (rule: string, reason: string): ScansideError =>
  new ScansideError(
    'output-refused',
    `The analysis left ${reason}. Nothing of its output was taken; the scans are untouched. Tell whoever made the pipeline.`,
    { rule },
  )

const nameCap = 255

/** Control characters, among them the ones that reorder text. */
const hidden = /[\p{Cc}\p{Cf}\u2028\u2029]/u

/**
 * The path of an entry relative to its mount, or null for the mount's own folder. Throws `output-refused` naming the rule.
 * Docker writes `./results.json`, Podman `results.json`.
 */
export function checkedPath(name: string, limits: Pick<OutputLimits, 'outputDepth'>): string | null {
  const bare = name.replace(/^\.\//, '').replace(/\/$/, '')
  if (bare === '' || bare === '.') return null
  if (bare.startsWith('/')) throw refuse('absolute', 'a file with an absolute name')
  if (bare.includes('\\')) throw refuse('backslash', 'a file with a backslash in its name')
  if (hidden.test(bare)) throw refuse('control-character', 'a file with a control character in its name')
  const parts = bare.split('/')
  if (parts.includes('..')) throw refuse('parent', 'a file whose name leads out of its folder')
  if (parts.includes('') || parts.includes('.')) throw refuse('name', 'a file with an empty name')
  if (parts.some((part) => Buffer.byteLength(part) > nameCap)) throw refuse('name-length', 'a file with a name that is too long')
  if (parts.length > limits.outputDepth) throw refuse('depth', `folders more than ${limits.outputDepth} deep`)
  return bare
}

const typeNames: Partial<Record<string, string>> = {
  link: 'a hard link',
  symlink: 'a symbolic link',
  'character-device': 'a device',
  'block-device': 'a device',
  fifo: 'a pipe',
}

function checkedType(header: Header): 'file' | 'directory' {
  if (header.type === 'file' || header.type === 'directory') return header.type
  throw refuse('type', `${typeNames[header.type ?? ''] ?? 'something that is no regular file'} among its files`)
}

/**
 * Reads every file of a mount. Rejects at the first entry that breaks a rule, before its bytes are read: a file of 2 GB costs no more
 * than its header. Order is the tar's.
 */
export async function readOutputs(source: Readable, limits: OutputLimits, signal: AbortSignal): Promise<OutputRef[]> {
  const untar = extract()
  const stop = (): void => {
    untar.destroy(new Error('aborted'))
  }
  source.once('error', (fault) => untar.destroy(fault))
  source.once('close', () => {
    // As any connection that breaks off: the engine may be there again in a moment.
    if (!source.readableEnded) untar.destroy(Object.assign(new Error('the stream of outputs broke off'), { code: 'ECONNRESET' }))
  })
  signal.addEventListener('abort', stop, { once: true })
  source.pipe(untar)
  const outputs: OutputRef[] = []
  const seen = new Set<string>()
  let total = 0
  let folders = 0
  try {
    for await (const entry of untar) {
      const header = entry.header
      const type = checkedType(header)
      const path = checkedPath(header.name, limits)
      if (type === 'directory') {
        folders += 1
        if (folders > limits.outputFiles + 1) throw refuse('count', `more than ${limits.outputFiles} folders`)
        entry.resume()
        continue
      }
      if (path === null) throw refuse('name', 'a file in place of its folder')
      if (seen.has(path)) throw refuse('twice', 'two files of the same name')
      if (outputs.length >= limits.outputFiles) throw refuse('count', `more than ${limits.outputFiles} files`)
      const size = header.size ?? 0
      if (total + size > limits.outputBytes) throw refuse('size', `more than ${Math.floor(limits.outputBytes / 1_000_000)} MB of files`)
      total += size
      const chunks: Buffer[] = []
      const digest = createHash('sha256')
      for await (const chunk of entry as AsyncIterable<Buffer>) {
        digest.update(chunk)
        chunks.push(chunk)
      }
      const bytes = Buffer.concat(chunks)
      if (bytes.length !== size) throw refuse('size', 'a file that broke off on its way')
      seen.add(path)
      outputs.push({ kind: 'stream', path, size, bytes, sha256: digest.digest('hex') })
    }
    return outputs
  } finally {
    signal.removeEventListener('abort', stop)
    untar.destroy()
    source.destroy()
  }
}
