/** One run in memory: inputs as bytes, each scan judged in a worker, results.json as bytes, and everything let go at the end. */
import { createHash } from 'node:crypto'
import { ScansideError } from '../../../oct/errors.ts'
import { bytesSource } from '../../../oct/formats/bytes.ts'
import { linesOf, noScan, opaqueInput, parseArguments, resultsFile } from '../../../oct/quality/collection.ts'
import type { ScanResult } from '../../../oct/results.ts'
import type { ExitReport, LogLine, OutputRef, ReceiptItem, RunSpec, Workspace } from '../engine.ts'
import { checkInputPath, readVerified, type Staged } from '../verified.ts'
import type { Judging, SetFinder } from './judging.ts'

export interface WorkspaceParts {
  judging: Pick<Judging, 'judge'> & SetFinder
  now: () => Date
  mostBytes: number
}

interface Held extends Staged {
  bytes: Uint8Array
}

const resultsName = 'results.json'
/** As many as the result schema holds. */
const mostScans = 10_000

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
/** Memory ends with its life: an earlier one's run begins anew. */
const gone = () => new ScansideError('not-found', 'Nothing of this run is in memory any more. The scans are untouched; start the run again.')
const wasCancelled = () => new ScansideError('cancelled', 'The run was cancelled.')

/** `argv` is the command line of the image; what stands before the options is its program. */
const optionsOf = (spec: RunSpec) => parseArguments((spec.argv ?? []).filter((word) => word.startsWith('--')))

export function openWorkspace(spec: RunSpec, { judging, now, mostBytes }: WorkspaceParts): Workspace {
  let staged = false
  let held: Held[] = []
  let output: OutputRef | null = null
  let heldSince: string | null = null
  let removed: ReceiptItem[] = []
  let ending: Promise<ExitReport> | null = null
  const abort = new AbortController()

  const sourceOf = (bytes: Uint8Array) => bytesSource(bytes)
  const judgeAll = async (say: (stream: LogLine['stream'], text: string) => void): Promise<void> => {
    const { series, profile } = optionsOf(spec)
    // Sorted as the image finds them.
    const files = [...held].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
    const sets = await judging.sets(
      files.map(({ path, bytes }) => ({ path, source: sourceOf(bytes) })),
      abort.signal,
    )
    if (sets.length === 0) throw noScan(files.length)
    if (sets.length > mostScans) throw new ScansideError('not-supported', 'These are more scans than one run can judge. Choose fewer scans.')
    const scans: ScanResult[] = []
    for (const [index, set] of sets.entries()) {
      const mine = set.flatMap((each) => files[each] ?? [])
      const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1)
      const { result } = await judging.judge({
        files: mine.map(({ path, bytes }) => ({ name: baseName(path), source: sourceOf(bytes) })),
        inputs: mine.map(({ path, size, sha256 }) => opaqueInput(baseName(path), size, sha256)),
        profile,
        series,
        urgent: false,
        signal: abort.signal,
      })
      scans.push(result)
      for (const line of linesOf(result, index, sets.length)) say('stdout', line)
    }
    const bytes = new TextEncoder().encode(resultsFile(scans, profile).text)
    output = { kind: 'stream', path: resultsName, size: bytes.length, bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
  }

  return {
    async stage(inputs, signal, onProgress) {
      if (signal.aborted) throw wasCancelled()
      optionsOf(spec)
      for (const { mount, ref } of inputs) {
        checkInputPath(ref.path)
        if (!spec.mounts.some(({ name }) => name === mount))
          throw new ScansideError('invalid-argument', 'The pipeline has no place for one of the inputs. Nothing was sent.')
      }
      const total = inputs.reduce((sum, { ref }) => sum + ref.size, 0)
      if (!(total <= mostBytes)) {
        throw new ScansideError(
          'not-supported',
          `These scans hold ${megabytes(total)}, more than the ${megabytes(mostBytes)} this application judges at once. Nothing was started; run fewer scans together, or use the container.`,
          { bytes: total },
        )
      }
      held = []
      staged = true
      heldSince = now().toISOString()
      let done = 0
      for (const { ref } of inputs) {
        const bytes = new Uint8Array(ref.size)
        let at = 0
        try {
          const staged = await readVerified(ref, signal, (chunk) => {
            bytes.set(chunk, at)
            at += chunk.length
            done += chunk.length
            onProgress(done)
          })
          held.push({ ...staged, bytes })
        } catch (fault) {
          throw signal.aborted ? wasCancelled() : fault
        }
      }
      return held.map(({ path, size, sha256 }) => ({ path, size, sha256 }))
    },

    async start(signal, onLine) {
      if (signal.aborted) throw wasCancelled()
      if (!staged) throw gone()
      heldSince ??= now().toISOString()
      const say = (stream: LogLine['stream'], text: string) => onLine({ stream, text, at: now().toISOString() })
      const deadline = setTimeout(() => abort.abort('deadline'), spec.limits.deadlineMs)
      ending = judgeAll(say)
        .then((): ExitReport => ({ exitCode: 0, outOfMemory: false, timedOut: false }))
        .catch((fault: unknown): ExitReport => {
          if (abort.signal.aborted) return { exitCode: 137, outOfMemory: false, timedOut: abort.signal.reason === 'deadline' }
          say('stderr', fault instanceof ScansideError ? fault.message : 'The scans could not be judged because of a fault in the analysis.')
          return { exitCode: fault instanceof ScansideError ? 2 : 1, outOfMemory: false, timedOut: false }
        })
        .finally(() => clearTimeout(deadline))
    },

    async wait(signal) {
      if (!ending) throw new ScansideError('internal', 'The analysis was not started. The scans are untouched; start the run again.')
      const cancel = () => abort.abort('cancelled')
      signal.addEventListener('abort', cancel, { once: true })
      if (signal.aborted) cancel()
      try {
        const exit = await ending
        if (signal.aborted) throw wasCancelled()
        return exit
      } finally {
        signal.removeEventListener('abort', cancel)
      }
    },

    async collect(mount, signal) {
      if (signal.aborted) throw wasCancelled()
      if (!spec.mounts.some(({ name, writable }) => name === mount && writable))
        throw new ScansideError('invalid-argument', 'The pipeline has no such place for results.')
      if (!staged) throw gone()
      if (output && output.size > spec.limits.outputBytes) {
        throw new ScansideError('output-refused', 'The results are larger than a run may hand out. Nothing was sent; run fewer scans at once.', {
          rule: 'size',
        })
      }
      return output ? [output] : []
    },

    async wipe() {
      abort.abort('wiped')
      await ending
      if (heldSince !== null) {
        const removedAt = now().toISOString()
        const item = (name: string): ReceiptItem => ({
          kind: 'file',
          name,
          createdAt: heldSince ?? removedAt,
          removedAt,
          check: 'let go of; it was in memory alone and never on a disk',
        })
        const files = `${held.length} input ${held.length === 1 ? 'file' : 'files'}, ${megabytes(held.reduce((sum, { size }) => sum + size, 0))}, in memory`
        removed = [item(files), ...(output ? [item(`${resultsName}, in memory`)] : [])]
      }
      held = []
      output = null
      heldSince = null
      return { items: removed, complete: true, owed: [] }
    },
  }
}
