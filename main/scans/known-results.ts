/** What is known of one scan's quality: from the runs of this desk, and from what other desks sent to its session in the archive. */
import { buffer } from 'node:stream/consumers'
import { type Results, resultSchemaVersion } from '../../oct/results.ts'
import type { OpenScan, ScanRef } from '../../preload/contract.ts'
import type { HomeArchive } from '../runs/desk.ts'
import { baseName, maxResultBytes, parseResults } from '../runs/results.ts'
import type { Lab } from '../store/lab.ts'
import type { StoredVerdict } from '../store/lab-inbox.ts'

type Known = OpenScan['results'][number]

/** Published files read for one scan: enough for a session checked often, little enough to open at once. */
const mostPublished = 20
const most = 100

/**
 * The scan of these results that is about this file: by a digest, else by an opaque name this desk gave. Only that scan is kept,
 * so that a session's results do not travel with each of its scans. Null where none is about it.
 */
export const aboutScan = (
  results: Results,
  digests: ReadonlySet<string>,
  names: ReadonlySet<string>,
): { results: Results; scanIndex: number } | null => {
  const byDigest = results.scans.find((scan) => scan.inputs.some((input) => digests.has(input.sha256)))
  const scan = byDigest ?? results.scans.find((candidate) => candidate.inputs.some((input) => names.has(baseName(input.name))))
  return scan ? { results: { ...results, scans: [scan] }, scanIndex: 0 } : null
}

const pipelineLine = (results: Results) => `${results.pipeline.name} ${results.pipeline.version}`

/** A verdict of the Inbox, as a run's results would say it. */
const fromInbox = ({ at, pipeline, result }: StoredVerdict): Known => {
  const results: Results = { schema: resultSchemaVersion, pipeline, scans: [result] }
  return { run: null, at, pipeline: pipelineLine(results), home: 'local', results, scanIndex: 0 }
}

/** Results of this desk's runs and of its Inbox, newest first. */
export const resultsHere = (lab: Lab, archive: string | null, ref: ScanRef, digests: ReadonlySet<string>): Known[] => {
  const ofScan = ref.kind === 'archive' && archive !== null ? lab.runs.runsOfScan(archive, ref.session, ref.scan) : []
  const known = [...new Set([...ofScan, ...[...digests].flatMap((digest) => lab.runs.runsOfDigest(digest))])].flatMap((run): Known[] => {
    const record = lab.runs.get(run)
    const kept = lab.runs.results(run)
    if (!record || !kept) return []
    const mine = lab.runs
      .inputs(run)
      .filter((input) => ref.kind === 'archive' && input.archive === archive && input.session === ref.session && input.scan === ref.scan)
    const results = parseResults(kept.bytes)
    const about = aboutScan(results, digests, new Set(mine.map((input) => input.name)))
    const home = record.home === 'none' ? 'local' : record.home
    return about ? [{ run, at: kept.at, pipeline: pipelineLine(results), home, ...about }] : []
  })
  const judgedHere = [...digests].flatMap((digest) => lab.inbox.ofFile(digest)).map(fromInbox)
  const once = new Map([...known, ...judgedHere].map((each) => [`${each.run ?? each.at} ${each.pipeline} ${each.results.pipeline.profile}`, each]))
  return [...once.values()].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, most)
}

/** Results in the session's resource that this desk's runs did not send. What cannot be read is left out: the scan opens all the same. */
export const resultsThere = async (
  home: HomeArchive,
  ref: ScanRef & { kind: 'archive' },
  digests: ReadonlySet<string>,
  here: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Known[]> => {
  const files = await home.archive.published(ref, signal).catch(() => [])
  const wanted = files
    .filter((file) => file.uri.endsWith('/results.json') && file.size > 0 && file.size <= maxResultBytes)
    .filter((file) => !file.uri.split('/').some((part) => here.has(part)))
    .slice(-mostPublished)
  const found: Known[] = []
  for (const file of wanted) {
    try {
      const results = parseResults(new Uint8Array(await buffer(await home.archive.read(file, signal))))
      const about = aboutScan(results, digests, new Set())
      if (about) found.push({ run: null, at: '', pipeline: pipelineLine(results), home: 'read-back', ...about })
    } catch {
      if (signal.aborted) return found
    }
  }
  return found
}
