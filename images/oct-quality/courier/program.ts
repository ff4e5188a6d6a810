/** The analysis as a process of its own: without the courier's links, watched for its log, its deadline and its end. */
import { type ChildProcess, spawn } from 'node:child_process'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RemoteOutcome } from '../../../main/engines/remote/job.ts'
import { type CourierJob, Trouble } from './job.ts'

export type Ended = Pick<RemoteOutcome, 'exitCode' | 'outOfMemory' | 'timedOut'>

/** Largest results.json that is sent, bytes; as the desk takes. */
const resultBytes = 32 * 1024 * 1024

/**
 * Runs what the job says, or this image's own analysis. The folders are told by environment: in a container of the cloud's nothing is mounted.
 * @throws Trouble `image-refused` where the program is not in the image
 */
export async function runProgram(
  job: Pick<CourierJob, 'argv' | 'env' | 'workingDir' | 'limits'>,
  own: string[],
  folders: { input: string; output: string },
  onLog: (bytes: Buffer) => void,
  signal: AbortSignal,
): Promise<Ended> {
  const [program = '', ...args] = job.argv ?? own
  let child: ChildProcess
  let timedOut = false
  const ended = await new Promise<{ code: number | null; killed: boolean }>((resolve, reject) => {
    child = spawn(program, args, {
      cwd: job.workingDir ?? '/',
      env: { PATH: process.env.PATH ?? '/', ...job.env, SCANSIDE_INPUT: folders.input, SCANSIDE_OUTPUT: folders.output },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: what it has started ends with it, else that would hold its log open and might still write results.
      detached: true,
    })
    const end = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // All have ended.
      }
    }
    child.once('exit', end)
    const deadline = setTimeout(() => {
      timedOut = true
      end()
    }, job.limits.deadlineMs)
    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
    child.stdout?.on('data', onLog)
    child.stderr?.on('data', onLog)
    const done = () => {
      clearTimeout(deadline)
      signal.removeEventListener('abort', end)
    }
    child.once('error', () => {
      done()
      reject(new Trouble('image-refused'))
    })
    child.once('close', (code, by) => {
      done()
      resolve({ code, killed: by === 'SIGKILL' })
    })
  })
  signal.throwIfAborted()
  // Who else but the kernel, for want of memory, would have killed it?
  return { exitCode: ended.code ?? 137, outOfMemory: ended.killed && !timedOut, timedOut }
}

/**
 * results.json of the folder, after everything beside it was looked at.
 * @throws Trouble `no-results`, `output-refused`
 */
export async function readResults(folder: string, limits: CourierJob['limits']): Promise<Buffer> {
  let files = 0
  let bytes = 0
  const look = async (at: string, depth: number): Promise<void> => {
    if (depth > limits.outputDepth) throw new Trouble('output-refused')
    for (const name of await readdir(at)) {
      const facts = await lstat(join(at, name))
      if (facts.isDirectory()) await look(join(at, name), depth + 1)
      else if (facts.isFile() && facts.nlink === 1) {
        files += 1
        bytes += facts.size
      } else throw new Trouble('output-refused')
      if (files > limits.outputFiles || bytes > limits.outputBytes) throw new Trouble('output-refused')
    }
  }
  await look(folder, 1)
  const path = join(folder, 'results.json')
  const facts = await lstat(path).catch(() => null)
  if (facts === null || facts.size === 0) throw new Trouble('no-results')
  if (!facts.isFile() || facts.size > resultBytes) throw new Trouble('output-refused')
  return await readFile(path)
}
