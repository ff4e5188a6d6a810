/** A container's log on its way here: from its first byte, live or after the fact, as lines within the run's limits. */
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type Docker from 'dockerode'
import type { LogLine, RunSpec } from '../engine.ts'
import { demultiplex, lineSplitter } from './logs.ts'

export type OnLine = (line: Omit<LogLine, 'seq'>) => void

export interface LogParts {
  container: Docker.Container
  limits: Pick<RunSpec['limits'], 'logBytes'>
  now(): Date
  onLine: OnLine
}

/**
 * The log of a container that has not started yet. Attached, not followed: a followed log of Docker may lose what was written right
 * before the exit.
 */
export const attach = async (container: Docker.Container): Promise<Readable> => {
  // In the query alone: a body would be taken for the container's input.
  const options = { _query: { stream: true, stdout: true, stderr: true }, _body: {} }
  return (await container.attach(options as unknown as Docker.ContainerAttachOptions)) as unknown as Readable
}

/** Reads a log to its end; never rejects. Answers how many lines it held, Scanside's own left out; the first `skip` are not told. */
export const follow = async (source: AsyncIterable<Uint8Array>, { limits, now, onLine }: Omit<LogParts, 'container'>, skip = 0): Promise<number> => {
  const at = (): string => now().toISOString()
  let heard = 0
  const lines = lineSplitter({ bytes: limits.logBytes }, (stream, text) => {
    if (++heard > skip) onLine({ stream, text, at: at() })
  })
  try {
    const take = demultiplex(lines.push)
    for await (const chunk of source) take(chunk)
  } catch {
    onLine({ stream: 'scanside', text: 'The log could not be followed to its end.', at: at() })
  }
  const dropped = lines.end()
  if (dropped > 0) onLine({ stream: 'scanside', text: `${dropped} bytes of log were dropped: more than this run may write.`, at: at() })
  return heard
}

/**
 * The whole log of a container that was started by an earlier life. While it runs it is followed; what that may have lost right before the
 * exit is read once more when the container has ended.
 */
export const followAgain = async (parts: LogParts): Promise<void> => {
  const { container } = parts
  const live = (await container.logs({ follow: true, stdout: true, stderr: true })) as unknown as IncomingMessage
  const quiet = { ...parts, onLine: (line: Omit<LogLine, 'seq'>) => line.stream !== 'scanside' && parts.onLine(line) }
  const heard = await follow(live, quiet)
  const { State } = await container.inspect()
  if (State.Running) return parts.onLine({ stream: 'scanside', text: 'The log could not be followed to its end.', at: parts.now().toISOString() })
  const whole = (await container.logs({ follow: false, stdout: true, stderr: true })) as unknown as Buffer
  await follow(
    (async function* () {
      yield whole
    })(),
    parts,
    heard,
  )
}
