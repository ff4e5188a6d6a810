/** One run's place on a Docker or Podman engine: two volumes or more, a container that works, and a stager that is never started. */
import { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { ScansideError } from '../../../oct/errors.ts'
import type { Debts, ExitReport, OwedThing, RunSpec, WipeReport, Workspace } from '../engine.ts'
import { answeredWithin, type Patience, patience, silent } from './bounded.ts'
import { engineFault, isGone, statusOf } from './client.ts'
import { attach, follow, followAgain, type OnLine } from './container-log.ts'
import { type EngineTraits, runContainer, stageContainer, stagePath } from './hardening.ts'
import { labelNames, labelsOf, namesOf, type Owner } from './labels.ts'
import { putNote } from './notes.ts'
import { fileTooLarge, fileTooLargeCode, type VolumeSizes, watchOutput } from './output-watch.ts'
import { readOutputs } from './outputs.ts'
import { listThings, removeThings, runLabels, settleGone, type Thing } from './removal.ts'
import { putMounts } from './stager.ts'
import type { StagedMount } from './staging.ts'

export interface WorkspaceHouse {
  docker: Docker
  engine: string
  debts: Debts
  owner: Owner
  traits(): Promise<EngineTraits>
  sizes: VolumeSizes
  patience: Patience
  now(): Date
  /** Called when wipe has been tried, so that reap may take over what is left. */
  onWiped(run: string, complete: boolean): void
}

/** 128 + SIGKILL. Podman does not always learn that it was the kernel, for want of memory; who else but Scanside would have sent it? */
const killedCode = 137

/** How long the log of an ended container may take to arrive. */
const logGraceMs = 5_000

/** How often a running container is looked at, ms. */
const lookAgainMs = 5_000

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const messageOf = (fault: unknown): string => (fault instanceof Error ? fault.message : '')

/** Podman installed without its init program. The init only passes on signals and reaps zombies: a run may do without. */
const lacksInit = (fault: unknown): boolean => statusOf(fault) === 500 && /container-init binary/.test(messageOf(fault))

/** Docker answers 409 to a name in use, Podman 500. */
const isTaken = (fault: unknown): boolean => statusOf(fault) === 409 || (statusOf(fault) === 500 && /already in use/.test(messageOf(fault)))

const neverStarted = 'Nothing of this run is on the engine any more. The scans are untouched; start the run again.'

/** Opens a workspace without asking the engine: it may stand for a run that an earlier life began. */
export function openWorkspace(spec: RunSpec, house: WorkspaceHouse): Workspace {
  const { docker, debts, now } = house
  const names = namesOf(spec.runId, spec.mounts.length)
  // The note's comes last: the stager alone has it.
  const volumes = spec.noted ? [...names.volumes, names.note] : names.volumes
  const created = new Map<string, string>()
  const container = docker.getContainer(names.container)
  const stager = docker.getContainer(names.stager)
  const things: (OwedThing & Pick<Thing, 'kind'>)[] = [
    ...[names.container, names.stager].map((name) => ({ runId: spec.runId, engine: house.engine, kind: 'container' as const, name })),
    ...volumes.map((name) => ({ runId: spec.runId, engine: house.engine, kind: 'volume' as const, name })),
  ]
  const writableVolumes = spec.mounts.flatMap(({ writable }, i) => (writable ? [{ name: names.volumes[i] ?? '', path: `/${stagePath(i)}/.` }] : []))
  let built = false
  let building: Promise<void> = Promise.resolve()
  let containerReady: Promise<void> = Promise.resolve()
  let deadlineAt: number | null = null
  let stopped = false
  let givenUp = false
  let logsEnded: Promise<void> = Promise.resolve()

  /** Runs a creation; what exists already under the run's own name is an earlier try's. */
  const create = async (name: string, make: () => Promise<unknown>, onTaken: () => Promise<unknown>): Promise<void> => {
    created.set(name, now().toISOString())
    try {
      await make()
    } catch (fault) {
      if (!isTaken(fault)) throw fault
      await onTaken()
    }
  }

  const build = async (): Promise<void> => {
    built = true
    debts.incur(...things)
    const labels = labelsOf(spec.runId, house.owner, now().toISOString())
    const making = volumes.map((name) =>
      create(
        name,
        () => docker.createVolume({ Name: name, Labels: labels }),
        async () => {},
      ),
    )
    // Settled, not only all: nothing may still be on its way when wipe begins.
    const failed = (await Promise.allSettled(making)).find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    const traits = await house.traits()
    // The stager first: the other container can be made while inputs flow into it.
    await create(
      names.stager,
      () => docker.createContainer(stageContainer(spec, names.stager, volumes, labels)),
      async () => {},
    )
    const options = runContainer(spec, names.container, names.volumes, labels, traits)
    const make = (): Promise<unknown> =>
      docker.createContainer(options).catch((fault: unknown) => {
        if (!lacksInit(fault)) throw fault
        return docker.createContainer({ ...options, HostConfig: { ...options.HostConfig, Init: false } })
      })
    containerReady = create(names.container, make, async () => {
      await container.remove({ force: true })
      await make()
    })
    // Awaited by start(); a failure before that must not count as unhandled.
    containerReady.catch(() => {})
  }

  const stopContainer = async (): Promise<void> => {
    stopped = true
    await container.stop({ t: 1 }).catch(() => {})
    const { State } = await container.inspect()
    // It may end between the two calls.
    if (State.Running) await container.kill().catch(() => {})
  }

  /**
   * Resolves when the container does not run any more. The state is asked until it says so: Podman's wait may come back early, and
   * Docker's never, where the engine goes away while it is waiting (its answer has begun, and dockerode does not hear it break off). A log
   * that ends is a reason to look at once: either the container has ended, or the engine has.
   */
  const ended = async (): Promise<{ exitCode: number; outOfMemory: boolean }> => {
    let waiting: Promise<unknown> | null = null
    let logged: Promise<void> | null = logsEnded
    for (;;) {
      waiting ??= container.wait().finally(() => {
        waiting = null
      })
      waiting.catch(() => {})
      await Promise.race([waiting, pause(stopped ? 250 : lookAgainMs), ...(logged ? [logged] : [])])
      logged = null
      const { State } = await container.inspect()
      if (!State.Running && State.Status !== 'stopping')
        return {
          exitCode: State.ExitCode,
          outOfMemory: State.OOMKilled || (State.ExitCode === killedCode && !stopped && (await house.traits()).flavour === 'podman'),
        }
      if (givenUp) throw silent()
      await pause(50)
    }
  }

  /**
   * Takes up what an earlier life of this run started. What has ended meanwhile has its log and its exit code still.
   * @throws ScansideError `not-found` where nothing was started, or it is not there any more
   */
  const takeUp = async (onLine: OnLine): Promise<void> => {
    const { State } = await container.inspect()
    const startedAt = Date.parse(State.StartedAt)
    // An engine writes the year 1 where it has not started a container.
    if (State.Status === 'created' || !(startedAt > 0)) throw new ScansideError('not-found', neverStarted)
    // Its start is told by the engine's clock, which on another machine may be another.
    const engineNow = Date.parse((await docker.info()).SystemTime ?? '')
    const ranFor = State.Running && Number.isFinite(engineNow) ? Math.max(0, engineNow - startedAt) : 0
    deadlineAt = now().getTime() + spec.limits.deadlineMs - ranFor
    logsEnded = followAgain({ container, limits: spec.limits, now, onLine }).catch(() => {})
  }

  return {
    async stage(inputs, signal, onProgress) {
      try {
        signal.throwIfAborted()
        building = build()
        await building
        signal.throwIfAborted()
        if (inputs.some(({ mount }) => !spec.mounts.some(({ name }) => name === mount))) {
          throw new ScansideError('invalid-argument', 'The pipeline has no place for one of the inputs. Nothing was sent.')
        }
        const mounts = spec.mounts.map(
          ({ name, writable }, i): StagedMount => ({
            folder: stagePath(i),
            writable,
            inputs: inputs.filter(({ mount }) => mount === name).map(({ ref }) => ref),
          }),
        )
        const staged = await putMounts(stager, (await house.traits()).flavour, mounts, signal, onProgress)
        await containerReady
        return staged
      } catch (fault) {
        if (!(fault instanceof ScansideError) && isGone(fault)) {
          throw new ScansideError(
            'not-found',
            'The image of this pipeline is no longer on the engine. The scans are untouched; load the image again.',
          )
        }
        throw engineFault(fault, 'take in the scans')
      }
    },

    async note(text) {
      if (!spec.noted) return
      try {
        await putNote(stager, `/${stagePath(spec.mounts.length)}`, text, house.patience)
      } catch (fault) {
        throw engineFault(fault, 'keep what the next start of Scanside would need')
      }
    },

    async start(signal, onLine) {
      try {
        signal.throwIfAborted()
        if (!built) return await takeUp(onLine)
        await containerReady
        signal.throwIfAborted()
        const log = await attach(container)
        logsEnded = follow(log, { limits: spec.limits, now, onLine }).then(() => undefined)
        await container.start().catch((fault: unknown) => {
          log.destroy()
          throw fault
        })
        deadlineAt = now().getTime() + spec.limits.deadlineMs
      } catch (fault) {
        if (!built && isGone(fault)) throw new ScansideError('not-found', neverStarted)
        if (statusOf(fault) !== null && /no such file|not found in|not found$|permission denied/.test(messageOf(fault).trim())) {
          throw new ScansideError(
            'image-refused',
            'The program this pipeline wants to run is not in its image. The scans are untouched; tell whoever made it.',
          )
        }
        throw engineFault(fault, 'start the analysis')
      }
    },

    async wait(signal): Promise<ExitReport> {
      const left = (deadlineAt ?? now().getTime() + spec.limits.deadlineMs) - now().getTime()
      let timer: NodeJS.Timeout | undefined
      let aborted: (() => void) | undefined
      let tooMuch: ScansideError | null = null
      const over = new AbortController()
      try {
        givenUp = false
        const end = ended()
        end.catch(() => {})
        const watch = { sizes: house.sizes, stager, volumes: writableVolumes, limits: spec.limits, now: () => now().getTime() }
        const why = await Promise.race([
          end.then(() => 'ended' as const),
          watchOutput(watch, over.signal).then((found) => {
            tooMuch = found
            return 'too-much' as const
          }),
          new Promise<'deadline'>((resolve) => {
            timer = setTimeout(resolve, Math.max(0, left), 'deadline')
          }),
          new Promise<'cancelled'>((resolve) => {
            aborted = () => resolve('cancelled')
            if (signal.aborted) resolve('cancelled')
            signal.addEventListener('abort', aborted, { once: true })
          }),
        ])
        if (why !== 'ended') await stopContainer()
        // An engine that has stopped it and still calls it running is waited for no longer than for a removal, which comes next.
        const exit = why === 'ended' ? await end : await answeredWithin(house.patience.removalMs, end)
        await Promise.race([logsEnded, pause(logGraceMs)])
        if (why === 'cancelled') throw new ScansideError('cancelled', 'The run was cancelled.')
        if (tooMuch !== null) throw tooMuch
        if (exit.exitCode === fileTooLargeCode) throw fileTooLarge(spec.limits)
        return { ...exit, timedOut: why === 'deadline' }
      } catch (fault) {
        throw engineFault(fault, 'tell how the analysis ended')
      } finally {
        givenUp = true
        over.abort()
        clearTimeout(timer)
        if (aborted !== undefined) signal.removeEventListener('abort', aborted)
      }
    },

    async collect(mount, signal) {
      const index = spec.mounts.findIndex(({ name, writable }) => name === mount && writable)
      if (index === -1) throw new ScansideError('invalid-argument', 'The pipeline has no such place for results.')
      try {
        signal.throwIfAborted()
        const source = (await stager.getArchive({ path: `/${stagePath(index)}/.`, abortSignal: signal })) as unknown as Readable
        if (source instanceof IncomingMessage) source.setTimeout(patience.idleMs, () => source.destroy(silent()))
        return await readOutputs(source, spec.limits, signal)
      } catch (fault) {
        if (signal.aborted) throw new ScansideError('cancelled', 'The run was cancelled.')
        throw isGone(fault)
          ? new ScansideError('not-found', 'The results are no longer on the engine. The scans are untouched; start the run again.')
          : engineFault(fault, 'hand out the results')
      }
    },

    async wipe(): Promise<WipeReport> {
      await building.catch(() => {})
      await containerReady.catch(() => {})
      const labels = runLabels(house.owner.install, spec.runId)
      // An earlier life's things carry their time themselves.
      const listed = created.size > 0 ? [] : await listThings(docker, ...labels).catch(() => [])
      const times = new Map([...listed.map((thing) => [thing.name, thing.labels[labelNames.created] ?? ''] as const), ...created])
      const { gone, ...report } = await removeThings(docker, {
        things,
        labels,
        concerns: () => true,
        createdAt: (name) => times.get(name) || null,
        now,
      })
      settleGone(debts, things, gone)
      house.onWiped(spec.runId, report.complete)
      return report
    },
  }
}
