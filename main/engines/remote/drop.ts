/** The run's own container of Swift: what its machine is given by link and where it reports by link; and its end. */
import { createHash, randomBytes } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { ScansideError } from '../../../oct/errors.ts'
import type { ObjectStore } from '../../openstack/openstack.ts'
import type { InputRef, StagedFile } from '../engine.ts'
import { readVerified } from '../verified.ts'
import { type Link, objectNames, type RemoteJob, type RunToken, remoteJobSchema, remoteName } from './job.ts'
import { inLanes } from './lanes.ts'

/** Name of a container's metadata in which the installation stands; Swift has names without dots. */
export const installMark = 'scanside-install'
export const runMark = 'scanside-run'

export interface Drop {
  /** Puts the token there; seconds until it must be gone. */
  token(token: RunToken, seconds: number): Promise<Link>
  /** Carries an input that a machine cannot fetch by itself, verified on the way. */
  carry(index: number, ref: InputRef, seconds: number, onBytes: (bytes: number) => void): Promise<{ staged: StagedFile; url: Link; md5: string }>
  /** Links to write reports; `staying`: seconds until the store removes them. */
  report(seconds: number, staying: number): Extract<RemoteJob['report'], { kind: 'link' }>
  /** Keeps the order, so that a later life of the desk can give it. Its token is a link; it lies where that leads to. */
  order(job: RemoteJob, at: number, seconds: number): Promise<void>
}

/** When an order was kept, ms; metadata of its object, for a container of Zun reads the object itself. */
const orderedAt = 'ordered-at'

/** The order an earlier life kept, if it is of `since` (ms) or later: links end. Null where there is none, or it is another's. */
export async function readOrder(objects: ObjectStore, run: string, since: number, signal: AbortSignal): Promise<RemoteJob | null> {
  const facts = await objects.object(remoteName(run), objectNames.job, signal)
  if (facts === null || !(Number(facts.metadata[orderedAt]) >= since)) return null
  const bytes = await objects.get(remoteName(run), objectNames.job, 16 * 1024 * 1024, signal)
  if (bytes === null) return null
  const parsed = remoteJobSchema.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8')))
  return parsed.success && parsed.data.run === run ? parsed.data : null
}

/**
 * Makes the container, with its own key for links. `seconds` below: how long links are good, and objects stay if nobody comes back.
 */
export async function openDrop(objects: ObjectStore, run: string, install: string, signal: AbortSignal): Promise<Drop> {
  const name = remoteName(run)
  const key = randomBytes(32).toString('hex')
  await objects.makeContainer(name, { tempUrlKey: key, metadata: { [installMark]: install, [runMark]: run } }, signal)
  return {
    async token(token, seconds) {
      await objects.put(name, objectNames.token, Buffer.from(JSON.stringify(token)), { deleteAfter: seconds }, signal)
      return objects.link('GET', name, objectNames.token, key, seconds)
    },
    async carry(index, ref, seconds, onBytes) {
      const object = `input-${index}`
      const through = new PassThrough()
      const sending = objects.put(name, object, { stream: through, size: ref.size }, { deleteAfter: seconds }, signal)
      sending.catch((error: unknown) => through.destroy(error instanceof Error ? error : new Error('the store refused')))
      const md5 = createHash('md5')
      const reading = readVerified(ref, signal, async (chunk) => {
        onBytes(chunk.length)
        md5.update(chunk)
        if (!through.write(chunk)) await drained(through)
      })
      try {
        const staged = await reading
        through.end()
        await sending
        return { staged, url: objects.link('GET', name, object, key, seconds), md5: md5.digest('hex') }
      } catch (error) {
        through.destroy(error instanceof Error ? error : new Error('the input was refused'))
        await sending.catch(() => {})
        throw error
      }
    },
    report: (seconds, staying) => ({
      kind: 'link',
      progress: objects.link('PUT', name, objectNames.progress, key, seconds),
      log: objects.link('PUT', name, objectNames.log, key, seconds),
      outcome: objects.link('PUT', name, objectNames.outcome, key, seconds),
      deleteAfter: staying,
    }),
    order: (job, at, seconds) =>
      objects.put(name, objectNames.job, Buffer.from(JSON.stringify(job)), { deleteAfter: seconds, metadata: { [orderedAt]: String(at) } }, signal),
  }
}

const drained = (stream: PassThrough): Promise<void> =>
  new Promise((resolve, reject) => {
    const done = () => {
      stream.off('drain', done)
      stream.off('close', broken)
      resolve()
    }
    const broken = () => reject(stream.errored ?? new Error('the store closed the stream'))
    stream.once('drain', done)
    stream.once('close', broken)
  })

/**
 * Empties and deletes the run's container of Swift. Resolves with how it was checked, or null where there was none.
 * @throws ScansideError where something stays
 */
export async function removeDrop(objects: ObjectStore, run: string): Promise<{ check: string } | null> {
  const name = remoteName(run)
  let removed = 0
  // More than once: a machine that is being switched off may still have written something.
  for (let round = 1; round <= 5; round += 1) {
    if ((await objects.container(name)) === null) return round === 1 ? null : { check: checkOf(removed) }
    const listed = (await objects.objects(name)).map((object) => object.name)
    await inLanes(8, [...new Set([...listed, ...Object.values(objectNames)])], async (object) => {
      const known = listed.includes(object) || (await objects.has(name, object))
      if (!known) return
      await objects.deleteObject(name, object)
      if (!(await objects.has(name, object))) removed += 1
    })
    await objects.deleteContainer(name).catch((error: unknown) => {
      if (round === 5) throw error
    })
  }
  if ((await objects.container(name)) === null) return { check: checkOf(removed) }
  throw new ScansideError('conflict', `The object container ${name} is still in the cloud.`)
}

const checkOf = (objects: number): string =>
  objects === 0 ? 'the container answers 404' : `each of ${objects} objects answers 404, then the container`

/** Names in a container's metadata as the store may spell them. */
export const ownerOf = (metadata: Record<string, string>): { install: string | null; run: string | null } => {
  const lower = new Map(Object.entries(metadata).map(([key, value]) => [key.toLowerCase(), value]))
  return { install: lower.get(installMark) ?? null, run: lower.get(runMark) ?? null }
}
