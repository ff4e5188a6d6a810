/** XNAT's field names: the short ones of each list, full xpaths, and how both read and write an object's values. */
import type { Experiment, Lab, Node, Project, Reconstruction, Scan, Stamped, Subject } from './model.ts'
import { labelIn } from './model.ts'

/** One line of a list before its columns are picked: whatever the list's root joins. */
export interface Row {
  project?: Project
  /** The project a shared object is seen from; decides its label. */
  from?: string
  alias?: string
  subject?: Subject
  experiment?: Experiment
  session?: Experiment
  scan?: Scan
  reconstruction?: Reconstruction
}

export type Context = 'project' | 'subject' | 'experiment' | 'scan' | 'reconstruction'

const stampAliases = (element: string) => ({
  insert_date: `${element}/meta/insert_date`,
  insert_user: `${element}/meta/insert_user/login`,
  last_modified: `${element}/meta/last_modified`,
})

/** Short names by list. The order inside XNAT does not matter; a name not here and without `/` is dropped. */
const aliases: Record<Context, Record<string, string>> = {
  project: {
    ID: 'xnat:projectData/ID',
    name: 'xnat:projectData/name',
    secondary_ID: 'xnat:projectData/secondary_ID',
    description: 'xnat:projectData/description',
    keywords: 'xnat:projectData/keywords',
    alias: 'xnat:projectData/aliases/alias/alias',
    pi_firstname: 'xnat:projectData/PI/firstname',
    pi_lastname: 'xnat:projectData/PI/lastname',
    note: 'xnat:projectData/note',
    ...stampAliases('xnat:projectData'),
  },
  subject: {
    ID: 'xnat:subjectData/ID',
    project: 'xnat:subjectData/project',
    label: 'xnat:subjectData/label',
    group: 'xnat:subjectData/group',
    gender: 'xnat:subjectData/demographics[@xsi:type=xnat:demographicData]/gender',
    handedness: 'xnat:subjectData/demographics[@xsi:type=xnat:demographicData]/handedness',
    age: 'xnat:subjectData/demographics[@xsi:type=xnat:demographicData]/age',
    dob: 'xnat:subjectData/demographics[@xsi:type=xnat:demographicData]/dob',
    yob: 'xnat:subjectData/demographics[@xsi:type=xnat:demographicData]/yob',
    xsiType: 'xnat:subjectData/extension_item/element_name',
    ...stampAliases('xnat:subjectData'),
  },
  experiment: {
    ID: 'xnat:experimentData/ID',
    label: 'xnat:experimentData/label',
    project: 'xnat:experimentData/project',
    date: 'xnat:experimentData/date',
    time: 'xnat:experimentData/time',
    note: 'xnat:experimentData/note',
    visit_id: 'xnat:experimentData/visit_id',
    acquisition_site: 'xnat:experimentData/acquisition_site',
    xsiType: 'xnat:experimentData/extension_item/element_name',
    subject_ID: 'xnat:subjectAssessorData/subject_ID',
    subject_label: 'xnat:subjectData/label',
    subject_project: 'xnat:subjectData/project',
    session_ID: 'xnat:imageSessionData/ID',
    session_label: 'xnat:imageSessionData/label',
    session_project: 'xnat:imageSessionData/project',
    session_type: 'xnat:imageSessionData/session_type',
    modality: 'xnat:imageSessionData/modality',
    scanner: 'xnat:imageSessionData/scanner',
    UID: 'xnat:imageSessionData/UID',
    ...stampAliases('xnat:experimentData'),
  },
  scan: {
    ID: 'xnat:imageScanData/ID',
    xnat_imagescandata_id: 'xnat:imageScanData/xnat_imagescandata_id',
    type: 'xnat:imageScanData/type',
    quality: 'xnat:imageScanData/quality',
    xsiType: 'xnat:imageScanData/extension_item/element_name',
    note: 'xnat:imageScanData/note',
    series_description: 'xnat:imageScanData/series_description',
    series_class: 'xnat:imageScanData/series_class',
    condition: 'xnat:imageScanData/condition',
    documentation: 'xnat:imageScanData/documentation',
    scanner: 'xnat:imageScanData/scanner',
    modality: 'xnat:imageScanData/modality',
    frames: 'xnat:imageScanData/frames',
    operator: 'xnat:imageScanData/operator',
    UID: 'xnat:imageScanData/UID',
    ...stampAliases('xnat:imageScanData'),
  },
  reconstruction: {
    ID: 'xnat:reconstructedImageData/ID',
    xnat_reconstructedimagedata_id: 'xnat:reconstructedImageData/xnat_reconstructedimagedata_id',
    label: 'xnat:reconstructedImageData/ID',
    type: 'xnat:reconstructedImageData/type',
    xsiType: 'xnat:reconstructedImageData/extension_item/element_name',
    baseScanType: 'xnat:reconstructedImageData/baseScanType',
    ...stampAliases('xnat:reconstructedImageData'),
  },
}

const genericExperiments = ['experimentdata', 'subjectassessordata', 'imagesessiondata', 'imageassessordata', 'deriveddata']

/** Whether an experiment belongs to a type or to one of its ancestors, as `xsiType=` means it. */
export function isOfType(experiment: Experiment, xsiType: string): boolean {
  const bare = xsiType.toLowerCase()
  if (bare === experiment.body.xsiType.toLowerCase() || bare === 'xnat:experimentdata') return true
  if (bare === 'xnat:imageassessordata' || bare === 'xnat:deriveddata') return experiment.session !== undefined
  return (bare === 'xnat:subjectassessordata' || bare === 'xnat:imagesessiondata') && experiment.session === undefined
}

/** Local wall time the way the lists print it. */
export const timestamp = (ms: number) => new Date(ms).toISOString().replace('T', ' ').replace('Z', '')

/** A column: its heading in the list and what it reads. */
export interface Column {
  name: string
  xpath: string
  value: (row: Row) => string
}

/** A column by short name or xpath; undefined for a name this list does not know (XNAT drops it silently). */
export function column(lab: Lab, context: Context, name: string): Column | undefined {
  const known = aliases[context]
  const xpath = known[name] ?? (name.includes(':') && name.includes('/') ? name : undefined)
  if (xpath === undefined) return undefined
  const heading =
    name in known ? name : (Object.keys(known).find((alias) => known[alias]?.toLowerCase() === name.toLowerCase()) ?? name.toLowerCase())
  const slash = xpath.indexOf('/')
  const element = xpath.slice(0, slash).toLowerCase()
  const path = xpath.slice(slash + 1)
  return { name: heading, xpath, value: (row) => read(lab, row, element, path, context) }
}

/** Every short name a list knows (`?fields`). */
export const aliasNames = (context: Context): string[] => Object.keys(aliases[context])

/** Whether a column needs one line per scan. */
export const joinsScans = (one: Column): boolean => /^[\w]+:\w*scandata\//i.test(one.xpath)

function read(lab: Lab, row: Row, element: string, path: string, context: Context): string {
  const name = element.slice(element.indexOf(':') + 1)
  if (name === 'projectdata') return row.project ? readProject(row.project, path, row.alias) : ''
  if (name === 'subjectdata') {
    const subject = row.subject
    return subject
      ? readCommon(subject, subject.body, path, { label: labelIn(subject, row.from ?? subject.project) ?? subject.label, project: subject.project })
      : ''
  }
  if (name.endsWith('scandata')) {
    const scan = row.scan
    if (!scan || (name !== 'imagescandata' && scan.body.xsiType.toLowerCase() !== element)) return ''
    return readCommon(scan, scan.body, path, { xnat_imagescandata_id: String(scan.key) })
  }
  if (name === 'reconstructedimagedata') return row.reconstruction ? readCommon(row.reconstruction, row.reconstruction.body, path, {}) : ''
  const own = row.experiment
  if (!own) return ''
  // In a list of assessors `session_*` speaks of the session above.
  const experiment =
    context === 'experiment' && own.session !== undefined && name === 'imagesessiondata' ? (lab.experiments.get(own.session) ?? own) : own
  if (!genericExperiments.includes(name) && experiment.body.xsiType.toLowerCase() !== element) return ''
  return readCommon(experiment, experiment.body, path, {
    label: labelIn(experiment, row.from ?? experiment.project) ?? experiment.label,
    project: experiment.project,
    subject_id: experiment.subject,
    imagesession_id: experiment.session ?? '',
  })
}

function readProject(project: Project, path: string, alias?: string): string {
  return readCommon(project, project.body, path, {
    name: project.name,
    secondary_id: project.secondaryId,
    'pi/firstname': project.piFirst,
    'pi/lastname': project.piLast,
    'aliases/alias/alias': alias ?? '',
  })
}

function readCommon(object: Stamped & { id: string }, body: Node, path: string, own: Record<string, string>): string {
  const lower = path.toLowerCase()
  if (lower in own) return own[lower] ?? ''
  if (lower === 'id') return object.id
  if (lower === 'meta/insert_date') return timestamp(object.insertedAt)
  if (lower === 'meta/insert_user/login') return object.insertedBy
  if (lower === 'meta/last_modified') return timestamp(object.modifiedAt)
  if (lower === 'extension_item/element_name') return body.xsiType
  return field(body, path)
}

/** A field's value, by xpath in any case; empty where it is not set. */
export function field(body: Node, path: string): string {
  const exact = body.fields.get(path)
  if (exact !== undefined) return exact
  const lower = path.toLowerCase()
  for (const [key, value] of body.fields) if (key.toLowerCase() === lower) return value
  return ''
}

/** `MM/DD/YYYY` as XNAT wants it, or ISO, to the ISO date it stores. */
export function isoDate(value: string): string {
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(value)
  return american ? `${american[3]}-${american[1]?.padStart(2, '0')}-${american[2]?.padStart(2, '0')}` : value
}

/**
 * Sets one field from a query parameter named by alias or xpath. Keys of another element, and names nobody knows, are ignored.
 * The identity of an object (ID, label, project) is not a field.
 */
export function assign(context: Context, body: Node, key: string, value: string): void {
  const xpath = aliases[context][key] ?? (key.includes(':') && key.includes('/') ? key : undefined)
  if (xpath === undefined) return
  const element = xpath.slice(0, xpath.indexOf('/')).toLowerCase()
  const path = xpath.slice(xpath.indexOf('/') + 1)
  const name = element.slice(element.indexOf(':') + 1)
  const fits = {
    project: name === 'projectdata',
    subject: name === 'subjectdata',
    scan: name === 'imagescandata' || element === body.xsiType.toLowerCase(),
    reconstruction: name === 'reconstructedimagedata',
    experiment: genericExperiments.includes(name) || element === body.xsiType.toLowerCase(),
  }[context]
  if (!fits || /^(id|label|project|subject_id|meta\/.*|extension_item\/.*)$/i.test(path)) return
  body.fields.set(path, path.toLowerCase() === 'date' ? isoDate(value) : value)
}
