/**
 * Notes: what a desk that keeps no records leaves beside a run, so that its next start can go on with it. Each lies in a volume of its own
 * that the stager alone has; no container of a pipeline ever sees it, and it is removed with the rest of the workspace.
 */
import { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { extract, pack } from 'tar-stream'
import type { LeftRun } from '../engine.ts'
import { answeredWithin, type Patience, silent } from './bounded.ts'
import { engineFault } from './client.ts'
import { labelNames, namesOf } from './labels.ts'
import type { Thing } from './removal.ts'

const noteName = 'note.json'
/** bytes; a note of 20,000 files is a quarter of it */
const largestNote = 16 * 1024 * 1024

/** Puts the note into the stager. `path`: where its volume lies there. */
export async function putNote(stager: Docker.Container, path: string, note: Uint8Array, { removalMs }: Patience): Promise<void> {
  const tar = pack()
  tar.entry({ name: noteName, mode: 0o400 }, Buffer.from(note))
  tar.finalize()
  const late = new AbortController()
  const sent = stager.putArchive(tar as unknown as NodeJS.ReadableStream, { path, abortSignal: late.signal })
  try {
    await answeredWithin(removalMs, sent)
  } finally {
    late.abort()
  }
}

/** The one file of a note's volume; null where it is not there or too large. */
async function takeNote(source: Readable, { idleMs }: Patience): Promise<Uint8Array | null> {
  const untar = extract()
  if (source instanceof IncomingMessage) source.setTimeout(idleMs, () => source.destroy(silent()))
  source.once('error', (fault) => untar.destroy(fault))
  source.once('close', () => {
    if (!source.readableEnded) untar.destroy(Object.assign(new Error('the note broke off'), { code: 'ECONNRESET' }))
  })
  source.pipe(untar)
  try {
    for await (const entry of untar) {
      if (entry.header.type !== 'file' || (entry.header.size ?? 0) > largestNote) return null
      const chunks: Buffer[] = []
      for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk)
      return Buffer.concat(chunks)
    }
    return null
  } finally {
    untar.destroy()
    source.destroy()
  }
}

/** Which of these things are notes: `[run, volume]`. Pure. */
export const notesAmong = (things: Thing[]): [string, string][] =>
  things.flatMap(({ kind, name, labels }): [string, string][] => {
    const run = labels[labelNames.run] ?? ''
    return kind === 'volume' && run !== '' && name === namesOf(run, 0).note ? [[run, name]] : []
  })

/** Reads the notes among abandoned things, and how each run's container is. One that cannot be read is none. */
export async function readNotes(docker: Docker, dead: Thing[], within: Patience): Promise<LeftRun[]> {
  const read = async ([run, volume]: [string, string]): Promise<LeftRun[]> => {
    try {
      const names = namesOf(run, 0)
      const stager = docker.getContainer(names.stager)
      const [{ Mounts }, { State }] = await Promise.all([stager.inspect(), docker.getContainer(names.container).inspect()])
      const at = Mounts.find(({ Name }) => Name === volume)?.Destination
      if (at === undefined) return []
      const source = (await stager.getArchive({ path: `${at}/${noteName}` })) as unknown as Readable
      const note = await takeNote(source, within)
      if (note === null) return []
      const ended = !State.Running && State.Status !== 'created'
      return [{ runId: run, note, state: State.Running ? 'running' : ended && State.ExitCode === 0 ? 'ended-well' : 'failed' }]
    } catch (fault) {
      // Half of a workspace, or one that is damaged, has nothing to be collected; an engine that is away is asked again.
      const told = engineFault(fault, 'hand out a note')
      if (told.code === 'engine-unavailable') throw told
      return []
    }
  }
  const found: LeftRun[] = []
  for (const note of notesAmong(dead)) found.push(...(await read(note)))
  return found
}
