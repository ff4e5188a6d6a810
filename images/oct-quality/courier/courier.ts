/**
 * The image as its own courier: where nothing can be mounted and no disk of a desk is near, it fetches its inputs, runs the analysis, sends the
 * result home and ends its token. It is told everything by one link (SCANSIDE_JOB) and may be given certificates to trust (SCANSIDE_CA, PEM).
 */
import { chmod, mkdir, mkdtemp, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { RemoteOutcome } from '../../../main/engines/remote/job.ts'
import { type CourierArchive, openArchive } from './archive.ts'
import { type Ask, createAsk, NoAnswer, patiently } from './http.ts'
import { fetchInput } from './inputs.ts'
import { type CourierJob, jobSchema, Trouble, type Word } from './job.ts'
import { readResults, runProgram } from './program.ts'
import { openReport, type Report } from './report.ts'

export interface CourierParts {
  job: string
  /** PEM */
  ca: string
  /** How this image's own analysis is started. */
  own: string[]
  say(line: string): void
}

const tokenSchema = z.object({ alias: z.string().regex(/^[\w-]{1,200}$/), secret: z.string().regex(/^\w{1,500}$/) })

/** Largest job and token that are read, bytes. */
const jobLimit = 16 * 1024 * 1024

/** What may follow the deadline: the outcome, and the end of the token. */
const lastMs = 30_000

/** In memory where all of it has room, else on the container's own disk. */
async function makeFolder(bytes: number): Promise<string> {
  const { bavail, bsize } = await statfs('/dev/shm').catch(() => ({ bavail: 0, bsize: 0 }))
  const base = bavail * bsize > bytes ? '/dev/shm' : '/tmp'
  return await mkdtemp(join(base, 'scanside-'))
}

const wordOf = (fault: unknown, ended: boolean): Word => {
  if (ended) return 'deadline'
  if (fault instanceof Trouble) return fault.word
  if (fault instanceof NoAnswer) return fault.clock ? 'clock' : 'archive-unreachable'
  if (fault instanceof Error && 'code' in fault && fault.code === 'ENOSPC') return 'disk-full'
  return 'output-refused'
}

async function readLink(ask: Ask, url: string, signal: AbortSignal): Promise<unknown> {
  const answer = await patiently(() => ask({ method: 'GET', url }), signal)
  if (answer.status !== 200) {
    answer.stream.destroy()
    throw new Trouble('token-refused')
  }
  return JSON.parse((await answer.bytes(jobLimit)).toString('utf8')) as unknown
}

/** The one mount inputs lie in and the one results are left in; a courier has no third. */
function checkMounts(job: CourierJob): void {
  const output = job.mounts.find(({ name }) => name === job.outputMount && name !== '')
  const used = new Set(job.inputs.map(({ mount }) => mount))
  if (output === undefined || !output.writable || used.size > 1 || used.has(output.name)) throw new Trouble('image-refused')
}

async function work(
  job: CourierJob,
  outcome: RemoteOutcome,
  parts: { archive: CourierArchive; ask: Ask; report: Report; own: string[]; signal: AbortSignal },
) {
  const { report, signal, own, archive } = parts
  checkMounts(job)
  const total = job.inputs.reduce((sum, { size }) => sum + size, 0)
  const folder = await makeFolder(total + job.limits.outputBytes)
  const [input, output] = [join(folder, 'in'), join(folder, 'out')]
  try {
    await mkdir(input)
    await mkdir(output)
    for (const [index, each] of job.inputs.entries()) {
      await report.progress('fetching', index, job.inputs.length)
      outcome.given.push(await fetchInput(each, input, parts))
      await chmod(join(input, each.path), 0o400)
    }
    await report.progress('running', 0, 0)
    Object.assign(outcome, await runProgram(job, own, { input, output }, report.log, signal))
    await report.flush()
    if (outcome.exitCode !== 0 || outcome.timedOut) return
    await report.progress('sending', 0, 1)
    outcome.results = await archive.send(await readResults(output, job.limits))
  } finally {
    await report.flush()
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Does the whole job. Resolves with false where its end could not be told.
 * @throws ZodError, Trouble or NoAnswer where there is no job to be had: nobody can be told then
 */
export async function courier({ job: link, ca, own, say }: CourierParts): Promise<boolean> {
  const always = new AbortController().signal
  const job = jobSchema.parse(await readLink(createAsk([ca].filter(Boolean), always), link, always), { jitless: true })
  const signal = AbortSignal.timeout(job.wholeDeadlineMs)
  const ask = createAsk([...job.archive.ca, ...[ca].filter(Boolean)], signal)
  const last = AbortSignal.timeout(job.wholeDeadlineMs + lastMs)
  const lastAsk = createAsk([...job.archive.ca, ...[ca].filter(Boolean)], last)
  const report = openReport(job, ask, signal, say)
  const outcome: RemoteOutcome = {
    run: job.run,
    given: [],
    exitCode: null,
    outOfMemory: false,
    timedOut: false,
    results: null,
    problem: null,
    tokenWithdrawn: false,
  }
  let ending: CourierArchive | null = null
  try {
    await report.progress('preparing', 0, 0)
    const token = tokenSchema.parse(await readLink(ask, job.token.url, signal), { jitless: true })
    ending = openArchive(job, token, lastAsk, last)
    await work(job, outcome, { archive: openArchive(job, token, ask, signal), ask, report, own, signal })
  } catch (fault) {
    outcome.problem = wordOf(fault, signal.aborted)
  }
  outcome.tokenWithdrawn = (await ending?.withdraw()) ?? false
  const telling = openReport(job, lastAsk, last, say)
  await telling.progress('done', 0, 0)
  return await telling.outcome(outcome).then(
    () => true,
    () => false,
  )
}
