/** Where a run's reports lie, and their end where they lie in the archive. */

import type { ObjectStore } from '../../openstack/openstack.ts'
import type { RunSpec } from '../engine.ts'
import { objectNames, remoteName } from './job.ts'
import type { RemoteEngineParts } from './parts.ts'
import { archiveShelf, createReports, type Reports, swiftShelf } from './reports.ts'

/** The folder of the results in the session's resource SCANSIDE. */
export const reportFolder = (resultName: string): string => resultName.slice(0, resultName.lastIndexOf('/'))

const archiveOf = (spec: RunSpec, parts: RemoteEngineParts) => {
  const archive = parts.archive()
  return spec.home && archive?.id === spec.home.archive ? { archive: archive.archive, home: spec.home } : null
}

/** Null where they lie in an archive nobody is signed in to. */
export const reportsOf = (spec: RunSpec, parts: RemoteEngineParts, store: ObjectStore | null): Reports | null => {
  if (store) return createReports(swiftShelf(store, remoteName(spec.runId)), spec.runId, spec.limits.logBytes)
  const there = archiveOf(spec, parts)
  return there
    ? createReports(archiveShelf(there.archive, there.home.session, reportFolder(there.home.name)), spec.runId, spec.limits.logBytes)
    : null
}

/** Takes the reports out of the archive. Resolves with a sentence for each that stays; never rejects. */
export const removeReports = async (spec: RunSpec, parts: RemoteEngineParts): Promise<string[]> => {
  if (!spec.home) return []
  const stays = 'The machine’s reports (progress, log, outcome) are still beside the results in the archive.'
  const there = archiveOf(spec, parts)
  if (!there) return [`${stays} Sign in to the archive to have them removed.`]
  const folder = reportFolder(there.home.name)
  const signal = AbortSignal.timeout(60_000)
  try {
    const listed = await archiveShelf(there.archive, there.home.session, folder).list(signal)
    const ours = listed.filter(({ name }) => name === objectNames.progress || name === objectNames.log || name === objectNames.outcome)
    const gone = await Promise.all(ours.map(({ name }) => there.archive.retract(there.home.session, `${folder}/${name}`, signal)))
    return gone.every(Boolean) ? [] : [`${stays} The account may not delete there; ask the project’s owner.`]
  } catch {
    return [`${stays} Removing them is tried a few times more.`]
  }
}
