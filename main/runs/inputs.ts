/** How scans' files lie in a run's input mount: opaque names only, whatever they are called in the archive. */
import { ScansideError } from '../../oct/errors.ts'
import type { OpenScan, ScanRef } from '../../preload/contract.ts'
import type { RunPlan } from '../pipelines/plan.ts'
import type { LocalScan, LocalScanFile } from './desk.ts'
import { type MayBeGiven, nameWithin } from './pseudonymise.ts'

/** Kinds of files an image may tell by their extension; every other extension is dropped with the name. */
const extensions = new Set(['vol', 'dcm', 'e2e', 'xml', 'tif', 'png', 'jpg', 'bmp'])

/** `.vol` for `Anything_1970.VOL`; empty where the extension is not of the closed list. */
export const safeExtension = (name: string): string => {
  const end = /\.([A-Za-z0-9]{1,4})$/.exec(name)?.[1]?.toLowerCase() ?? ''
  const known = end === 'tiff' ? 'tif' : end === 'jpeg' ? 'jpg' : end
  return extensions.has(known) ? `.${known}` : ''
}

/** A resource's label as a folder name: letters, digits, `_` and `-`; `RESOURCE` where nothing is left. An archive's label is a person's text. */
export const safeLabel = (label: string): string => label.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 64) || 'RESOURCE'

/** `scan-<uuid>.vol`: the only name a container, results.json or a log ever sees. */
export const opaqueName = (uuid: string, original: string): string => `scan-${uuid}${safeExtension(original)}`

/** Path in the mount. `ordinal` counts the run's scans from 1: a scan's own id may be a person's text too. */
export const inputPath = (layout: RunPlan['inputs'][number]['layout'], ordinal: number, resource: string, name: string): string => {
  if (layout === 'session') return `SCANS/${ordinal}/${safeLabel(resource)}/${name}`
  return layout === 'scan' ? `${safeLabel(resource)}/${name}` : name
}

/** Resource a dropped file would lie in, were it in an archive. */
const resourceOf = { 'heidelberg-vol': 'VOL', 'dicom-opt': 'DICOM', 'heidelberg-xml': 'XML', 'heidelberg-e2e': 'E2E', picture: 'XML' } as const

/**
 * What of a dropped scan may be given to an engine.
 * @throws ScansideError `not-found` where it is gone, `not-supported` where its files hold the patient's name in their text
 */
export const localFiles = (scan: LocalScan | null, may: MayBeGiven): { resource: string; file: LocalScanFile }[] => {
  if (!scan) throw new ScansideError('not-found', 'The dropped scan is no longer here. Drop it again and start the run.')
  return scan.files.map((file) => {
    if (file.kind === 'heidelberg-e2e' && !may.e2e) throw nameWithin(file.kind)
    // Pictures lie beside an XML export.
    if ((file.kind === 'heidelberg-xml' || file.kind === 'picture') && !may.xml) throw nameWithin('heidelberg-xml')
    return { resource: resourceOf[file.kind], file }
  })
}

/** Pipeline names and versions as parts of the published path. */
export const safePart = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^\.+/, '')
    .slice(0, 64) || 'unnamed'

const sessionKey = (ref: ScanRef) => (ref.kind === 'archive' ? JSON.stringify([ref.project, ref.subject, ref.session]) : 'local')

/** Which scans go into one run: each alone, or those of one session together. Files dropped together are one group; doubles are taken once. */
export const groupRefs = (refs: ScanRef[], context: 'session' | 'scan'): ScanRef[][] => {
  const distinct = [...new Map(refs.map((ref) => [JSON.stringify(ref), ref])).values()]
  if (context === 'scan') return distinct.map((ref) => [ref])
  const groups = new Map<string, ScanRef[]>()
  for (const ref of distinct) groups.set(sessionKey(ref), [...(groups.get(sessionKey(ref)) ?? []), ref])
  return [...groups.values()]
}

/** What a run is about, for the person who started it: `DEMO-MS / P-0142 / P-0142_V02 / 2 Macula`. `otherwise`: what the window called it. */
export const subjectOf = (group: ScanRef[], title: (ref: ScanRef & { kind: 'archive' }) => OpenScan['title'] | null, otherwise: string): string => {
  const first = group[0]
  const known = first?.kind === 'archive' ? title(first) : null
  if (!known) return otherwise
  const session = `${known.project} / ${known.subject} / ${known.session}`
  return (group.length === 1 ? `${session} / ${known.scan}` : `${session}, ${group.length} scans`).slice(0, 1_000)
}
