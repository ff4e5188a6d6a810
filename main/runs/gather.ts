/** What a run is given: every file the plan wants of its scans, under opaque names, copied or told to the engine. */
import { ScansideError } from '../../oct/errors.ts'
import type { Verdict } from '../../oct/results.ts'
import type { ScanRef } from '../../preload/contract.ts'
import type { InputRef, StagedFile, Workspace } from '../engines/engine.ts'
import type { RunPlan } from '../pipelines/plan.ts'
import type { RunInput, ScanVerdict } from '../store/lab-runs.ts'
import { type CourseHands, type Job, progressing } from './arrows.ts'
import type { Desk } from './desk.ts'
import { giveArchived, giveLocal } from './given.ts'
import { baseName } from './results.ts'

/** Files a single run may take in. */
const maxFiles = 20_000

export interface StagedInput {
  mount: string
  ref: InputRef
  of: ScanRef
}

/** Every file the plan wants of the run's scans, under opaque names. */
export const gather = async (desk: Desk, job: Job, plan: RunPlan): Promise<StagedInput[]> => {
  const { record, abort, lane } = job
  const staged: StagedInput[] = []
  for (const [index, of] of record.refs.entries()) {
    const before = staged.length
    const giving = { desk, lane, ordinal: index + 1, signal: abort.signal }
    const add = (mount: string, refs: InputRef[]) => staged.push(...refs.map((ref) => ({ mount, of, ref })))
    if (of.kind === 'local') {
      const into = plan.inputs[0]
      if (into) add(into.mount, await giveLocal(giving, desk.local(of.local), into))
    } else {
      const home = desk.archive()
      if (!home || home.id !== record.archive) {
        throw new ScansideError('unauthorized', 'Nobody is signed in to the archive of these scans any more. Sign in and start the run again.')
      }
      const files = await home.archive.scanFiles(of, of.scan, abort.signal)
      if (plan.acceptsScan) {
        const row = (await home.archive.scans(of.project, of.session, abort.signal)).find(({ id }) => id === of.scan)
        const resources = [...new Set(files.map((file) => file.resource))].map((label) => ({ label, format: '' }))
        if (!plan.acceptsScan({ id: of.scan, type: row?.type ?? '', xsiType: row?.xsiType ?? '', resources })) {
          throw new ScansideError(
            'not-supported',
            'This pipeline is not made for this kind of scan. Nothing was started; choose another scan or another pipeline.',
          )
        }
      }
      for (const into of plan.inputs) add(into.mount, await giveArchived(giving, home.archive, files, into))
    }
    if (staged.length === before) {
      const which = record.refs.length === 1 ? 'This scan' : `Scan ${index + 1} of ${record.refs.length}`
      throw new ScansideError(
        'not-found',
        `${which} holds no file that this pipeline reads. Nothing was started; choose another scan or another pipeline.`,
      )
    }
    if (staged.length > maxFiles) {
      throw new ScansideError('invalid-argument', `These scans hold more than ${maxFiles.toLocaleString('en')} files. Start them in smaller groups.`)
    }
  }
  return staged
}

/** Hands the inputs over; answers what was given, and of which scan. A digest only a machine will know is empty until then. */
export const stage = async (hands: CourseHands, job: Job, workspace: Workspace, inputs: StagedInput[]): Promise<RunInput[]> => {
  const total = inputs.reduce((sum, { ref }) => sum + ref.size, 0)
  const staged = await workspace.stage(inputs, job.abort.signal, (bytes) => {
    if (total > 0) progressing(hands, job, bytes / total)
  })
  const facts = new Map(staged.map((file) => [baseName(file.path), file]))
  return inputs.map(({ ref, of }) => {
    const name = baseName(ref.path)
    const fact = facts.get(name)
    if (!fact) throw new ScansideError('integrity', 'The engine did not confirm every file it was given. The run was stopped; start it again.')
    const whose =
      of.kind === 'archive'
        ? { archive: job.record.archive ?? '', session: of.session, scan: of.scan, local: '' }
        : { archive: '', session: '', scan: '', local: of.local }
    return { name, size: fact.size, sha256: fact.sha256 ?? '', ...whose }
  })
}

/**
 * The inputs with the digests a machine reports. What was known before must be what it got.
 * @throws ScansideError `integrity` where it reports another file, or not every one
 */
export const correctedBy = (inputs: RunInput[], given: readonly StagedFile[]): RunInput[] => {
  const facts = new Map(given.map((file) => [baseName(file.path), file]))
  return inputs.map((input) => {
    const fact = facts.get(input.name)
    const known = input.sha256 === '' ? fact?.sha256 : input.sha256
    if (!fact?.sha256 || fact.size !== input.size || fact.sha256 !== known) {
      throw new ScansideError(
        'integrity',
        'The machine reports that it was given other files than this run has. No scan was judged; the scans are untouched. Start the run again.',
      )
    }
    return { ...input, sha256: fact.sha256 }
  })
}

const rank: Record<Verdict, number> = { usable: 0, ambiguous: 1, unknown: 2, unusable: 3 }

/** One verdict per scan of the archive: the worst of its files', so that a scan half judged is never a pass. */
export const scanVerdicts = (inputs: RunInput[], judged: { verdict: Verdict; names: string[] }[], pipeline: string): ScanVerdict[] => {
  const byName = new Map(inputs.map((input) => [input.name, input]))
  const found = new Map<string, ScanVerdict>()
  for (const { verdict, names } of judged) {
    for (const name of names) {
      const input = byName.get(name)
      if (!input || input.scan === '') continue
      const { archive, session, scan } = input
      const key = JSON.stringify([archive, session, scan])
      const before = found.get(key)
      if (!before || rank[verdict] > rank[before.verdict]) found.set(key, { archive, session, scan, verdict, pipeline })
    }
  }
  return [...found.values()]
}
