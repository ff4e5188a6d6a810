/**
 * A desk without a keyring keeps no records: what is unpublished when it dies would be lost with the workspace. So a run leaves a note in
 * its workspace, of opaque names and ids alone, and the next start goes on with a run that is noted before anything of it is removed.
 */
import { z } from 'zod'
import { scanRefSchema } from '../../preload/contract.ts'
import type { Engine, LeftRun } from '../engines/engine.ts'
import { inputSchema, type RunInput, type RunRecord, sessionSchema, specSchema } from '../store/lab-runs.ts'
import type { Desk } from './desk.ts'

const noteSchema = z.object({
  version: z.literal(1),
  archive: z.string().max(300).nullable(),
  session: sessionSchema.nullable(),
  refs: z.array(scanRefSchema).max(10_000),
  pipeline: z.object({ name: z.string().max(200), version: z.string().max(100) }),
  image: z.object({ name: z.string(), digest: z.string() }),
  createdAt: z.string().max(40),
  engine: z.string(),
  // What it was told to do may be sensitive, and is of no use for what has run.
  spec: specSchema.pick({ imageId: true, mounts: true, limits: true }),
  outputMount: z.string(),
  inputs: z.array(inputSchema).max(20_000),
})

/** Whether a run leaves a note. The demo lab's archive ends with this application, and a machine in the cloud is none of this desk's engine. */
export const isNoted = ({ lab }: Pick<Desk, 'lab'>, record: Pick<RunRecord, 'demo' | 'place'>): boolean =>
  !lab.kept && !record.demo && record.place !== 'cloud'

/** The note of a run that was staged; null where its workspace is not known. */
export const noteOf = (record: RunRecord, inputs: RunInput[]): Uint8Array | null => {
  const workspace = record.resume?.workspace
  if (!workspace) return null
  const { archive, session, refs, pipeline, image, createdAt, engine } = record
  const { imageId, mounts, limits } = workspace.spec
  const spec = { imageId, mounts, limits }
  const note: z.infer<typeof noteSchema> = {
    ...{ version: 1, archive, session, refs, pipeline, image, createdAt, engine },
    ...{ spec, outputMount: workspace.outputMount, inputs },
  }
  return new TextEncoder().encode(JSON.stringify(note))
}

/** The run a note speaks of, as it goes on; null where there is nothing to be had of it, or the note is none. */
export const runOf = ({ runId, note, state }: LeftRun, engineId: string, by: string): { record: RunRecord; inputs: RunInput[] } | null => {
  if (state === 'failed') return null
  const parsed = noteSchema.safeParse(parse(note))
  if (!parsed.success) return null
  const { inputs, spec, outputMount, version: _version, ...known } = parsed.data
  const whole = { ...spec, runId, argv: null, env: {}, workingDir: null, noted: true }
  const record: RunRecord = {
    ...known,
    id: runId,
    state: 'running',
    outcome: null,
    subject: '',
    scans: known.refs.length,
    startedBy: by,
    endedAt: null,
    verdicts: [],
    message: null,
    home: 'none',
    demo: false,
    // Without what it was started with: it goes on, and does not begin anew.
    resume: { pipeline: '', values: {}, lane: 'container', engine: engineId, workspace: { spec: whole, outputMount }, spokeAt: null },
  }
  return { record, inputs }
}

const parse = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return null
  }
}

/**
 * Goes on with every noted run of an engine, before what is abandoned there is removed; never rejects. Answers false where the notes could
 * not be read: then nothing may be removed yet.
 */
export const adopt = async (desk: Desk, engine: Engine, goOn: (record: RunRecord) => void): Promise<boolean> => {
  if (!engine.noted || desk.lab.readOnly) return true
  try {
    for (const left of await engine.noted()) {
      const found = desk.lab.runs.get(left.runId) ? null : runOf(left, engine.id, desk.by())
      if (!found) continue
      desk.openRuns.add(left.runId)
      const at = desk.now().toISOString()
      desk.lab.runs.save(found.record, { state: 'running', at, note: 'taken up again where it was' })
      desk.lab.runs.saveInputs(left.runId, found.inputs)
      desk.lab.chain.audit(at, desk.by(), 'found again on the engine', left.runId)
      goOn(found.record)
    }
    return true
  } catch (error) {
    desk.report(error)
    return false
  }
}
