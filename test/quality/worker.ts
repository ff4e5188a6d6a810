/** Makes and judges one scan after another, in a thread of its own. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { bytesSource } from '../../oct/formats/vol.ts'
import { judge } from '../../oct/quality/judge.ts'
import { degraded } from './degrade-generated.ts'
import { degradedReal } from './degrade-real.ts'
import { goodScan, type Specimen } from './generated.ts'
import type { Item, Outcome, Task } from './options.ts'
import { type Recording, recordingOf } from './recording.ts'

const { items, realFolder } = workerData as Task
const recordings = new Map<string, Recording>()

async function realBytes(file: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(join(realFolder ?? '', file)))
}

async function realRecording(file: string): Promise<Recording> {
  const known = recordings.get(file) ?? (await recordingOf([{ name: '', source: bytesSource(await realBytes(file)) }]))
  recordings.set(file, known)
  return known
}

async function make(item: Item): Promise<Specimen> {
  if (item.from === 'good') return goodScan(item.kind, item.seed)
  if (item.from === 'faulty') return degraded(item.fault, item.severity, item.kind, item.seed)
  if (item.from === 'real-good') return { bytes: await realBytes(item.file), options: {} }
  return degradedReal(await realRecording(item.file), item.fault, item.severity, item.seed)
}

for (const item of items) {
  const outcome: Outcome = { item, verdict: 'unknown', decidedBy: [], statuses: {}, values: {} }
  try {
    const { bytes, options } = await make(item)
    const result = await judge([{ name: '', source: bytesSource(bytes) }], { ...options, series: false })
    const counting = result.criteria.filter(({ experimental }) => !experimental)
    outcome.verdict = result.verdict
    outcome.decidedBy = result.decidedBy
    outcome.statuses = Object.fromEntries(counting.map(({ id, status }) => [id, status]))
    outcome.values = Object.fromEntries(counting.map(({ id, value }) => [id, value]))
  } catch (error) {
    outcome.error = error instanceof Error ? (error.stack ?? error.message).slice(0, 400) : 'unknown'
  }
  parentPort?.postMessage(outcome)
}
