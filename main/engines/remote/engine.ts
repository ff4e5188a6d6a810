/** An engine over a cloud: the same for Nova's machines and Zun's containers, which differ in their carrier alone. */

import { ScansideError } from '../../../oct/errors.ts'
import type { Owner } from '../docker/labels.ts'
import type { Engine, EngineHealth, WipeReport } from '../engine.ts'
import type { Carrier } from './carrier.ts'
import { ownerOf } from './drop.ts'
import { remoteName } from './job.ts'
import { inLanes } from './lanes.ts'
import { type RemoteEngineParts, type RemoteTimes, usualTimes } from './parts.ts'
import { cloudCannotProve, removeRun } from './removal.ts'
import { openRemoteWorkspace } from './workspace.ts'

export type { RemoteEngineParts } from './parts.ts'

const namePrefix = remoteName('')

/** Nothing is sent before the first call. */
export function createRemoteEngine(parts: RemoteEngineParts, carrier: Carrier): Engine {
  const times: RemoteTimes = { ...usualTimes, ...parts.times }
  const owner: Owner = { install: parts.install, pid: parts.process.pid, pidStart: parts.process.pidStart }
  const open = parts.process.openRuns

  const health = (state: EngineHealth['state'], message: string): EngineHealth => ({
    state,
    message,
    kind: parts.kind,
    version: (parts.kind === 'nova' ? parts.cloud.compute : parts.cloud.capsules)?.microversion ?? null,
    remote: true,
    endpoint: new URL(parts.cloud.config.authUrl).host,
    dataRoot: 'not-known',
    inputKinds: ['archive'],
  })

  /** Object containers of this installation, by their run. */
  const containers = async (): Promise<string[]> => {
    const { objects } = parts.cloud
    if (objects === null) return []
    const runs: string[] = []
    for (const name of await objects.containersOf(namePrefix)) {
      const found = await objects.container(name)
      const { install, run } = ownerOf(found?.metadata ?? {})
      if (install === parts.install && run !== null && name === remoteName(run)) runs.push(run)
    }
    return runs
  }

  return {
    id: parts.id,

    async probe() {
      const where = `${parts.cloud.config.name}, project ${parts.cloud.project.name}`
      try {
        if (parts.kind === 'nova') {
          if (parts.cloud.compute === null) return health('refused', 'This cloud offers no machines (its catalog has no compute service).')
          if (parts.choices.image === null) return health('refused', 'No machine image is chosen for the cloud yet. Choose one in the settings.')
          await parts.cloud.compute.limits()
          return health('ready', `Machines of the cloud ${where}`)
        }
        if (parts.cloud.capsules === null) return health('refused', 'This cloud offers no containers (its catalog has no Zun).')
        await parts.cloud.capsules.capsulesNamed(namePrefix)
        return health('ready', `Containers of the cloud ${where}`)
      } catch (error) {
        if (!(error instanceof ScansideError)) parts.report(error)
        return health('not-running', error instanceof ScansideError ? error.message : 'The cloud does not answer as expected.')
      }
    },

    async open(spec) {
      open.add(spec.runId)
      return openRemoteWorkspace(spec, { parts, carrier, times, owner, onWiped: (run) => open.delete(run) })
    },

    async reap(): Promise<WipeReport> {
      const since = new Map<string, string>()
      const runs = new Set(parts.debts.list(parts.id).map(({ runId }) => runId))
      const unasked: string[] = []
      const ask = async <T>(what: Promise<T>, take: (found: T) => void) => {
        try {
          take(await what)
        } catch (error) {
          if (!(error instanceof ScansideError)) parts.report(error)
          unasked.push('The cloud does not answer, so it is not known whether anything of this installation is left there.')
        }
      }
      await Promise.all([
        ask(carrier.list(), (found) => {
          for (const { run, createdAt } of found) {
            runs.add(run)
            since.set(run, createdAt)
          }
        }),
        ask(containers(), (found) => {
          for (const run of found) runs.add(run)
        }),
      ])
      const report: WipeReport = { items: [], complete: true, owed: [], cannotProve: cloudCannotProve(!parts.cloud.objects?.tempUrl) }
      const dead = [...runs].filter((run) => !open.has(run))
      const ends = await inLanes(8, dead, (run) =>
        removeRun(parts, carrier, run, (kind) => (kind === carrier.kind ? (since.get(run) ?? null) : null)),
      )
      report.items.push(...ends.flatMap(({ items }) => items))
      report.owed.push(...ends.flatMap(({ owed }) => owed))
      report.owed.push(...new Set(unasked.slice(0, parts.debts.list(parts.id).some(({ runId }) => !open.has(runId)) ? 1 : 0)))
      return { ...report, complete: report.owed.length === 0 }
    },
  }
}
