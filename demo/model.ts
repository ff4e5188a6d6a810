/** The archive's content: projects, subjects, experiments and what hangs on them, as plain data with a few questions to ask of it. */
import type { Bytes } from './bytes.ts'

/** One element of an XNAT document. `fields` by xpath relative to the element, without `@`. */
export interface Node {
  xsiType: string
  fields: Map<string, string>
  /** Nested elements by field (`scans/scan`). */
  children: Map<string, Node[]>
}

export type Role = 'owner' | 'member' | 'collaborator'
export type Accessibility = 'public' | 'protected' | 'private'

/** Times in ms of the archive's clock. */
export interface Stamped {
  insertedAt: number
  insertedBy: string
  modifiedAt: number
}

export interface StoredFile {
  /** Relative to the resource, `/` between. */
  path: string
  format: string
  content: string
  tags: string
  modifiedAt: number
  /** False for what an aborted upload left: on the disk, in no list. */
  catalogued: boolean
  bytes: Bytes
}

export interface Resource {
  id: number
  label: string
  format: string
  content: string
  description: string
  tags: string
  files: Map<string, StoredFile>
}

export interface Project extends Stamped {
  id: string
  name: string
  secondaryId: string
  piFirst: string
  piLast: string
  access: Accessibility
  aliases: string[]
  roles: Map<string, Role>
  resources: Resource[]
  prearchiveCode: number
  quarantineCode: number
  body: Node
}

export interface Share {
  project: string
  label: string
}

export interface Subject extends Stamped {
  id: string
  label: string
  project: string
  shares: Share[]
  resources: Resource[]
  body: Node
}

export interface Scan extends Stamped {
  key: number
  id: string
  resources: Resource[]
  body: Node
}

export interface Reconstruction extends Stamped {
  id: string
  resources: Resource[]
  incoming: Resource[]
  body: Node
}

/** A session, or an assessor where `session` is set. */
export interface Experiment extends Stamped {
  id: string
  label: string
  project: string
  subject: string
  session?: string
  shares: Share[]
  resources: Resource[]
  incoming: Resource[]
  scans: Scan[]
  reconstructions: Reconstruction[]
  assessors: Experiment[]
  body: Node
}

export interface Lab {
  now: () => number
  projects: Map<string, Project>
  subjects: Map<string, Subject>
  /** Sessions and assessors by accession id. */
  experiments: Map<string, Experiment>
  /** JSON custom fields by the object's own path. */
  custom: Map<string, Map<string, unknown>>
  counters: { subject: number; experiment: number; resource: number; scan: number; stamp: number; file: number }
}

export function createLab(now: () => number): Lab {
  return {
    now,
    projects: new Map(),
    subjects: new Map(),
    experiments: new Map(),
    custom: new Map(),
    counters: { subject: 0, experiment: 0, resource: 0, scan: 0, stamp: 0, file: 0 },
  }
}

export const node = (xsiType: string, fields: Record<string, string> = {}): Node => ({
  xsiType,
  fields: new Map(Object.entries(fields)),
  children: new Map(),
})

/** The clock's time, later than any stamp given before: two changes never carry the same time. */
export function stamp(lab: Lab): number {
  lab.counters.stamp = Math.max(lab.now(), lab.counters.stamp + 1)
  return lab.counters.stamp
}

export function stamped(lab: Lab, user: string): Stamped {
  const at = stamp(lab)
  return { insertedAt: at, insertedBy: user, modifiedAt: at }
}

const accession = (kind: 'S' | 'E', number: number) => `XNAT_${kind}${String(number).padStart(5, '0')}`

export function addProject(
  lab: Lab,
  id: string,
  user: string,
  given: Partial<Omit<Project, 'id' | 'body'>> & { description?: string } = {},
): Project {
  const { description = '', ...rest } = given
  const project: Project = {
    ...stamped(lab, user),
    id,
    name: id,
    secondaryId: id,
    piFirst: '',
    piLast: '',
    access: 'private',
    aliases: [],
    roles: new Map([[user, 'owner']]),
    resources: [],
    prearchiveCode: 4,
    quarantineCode: 0,
    body: node('xnat:projectData', { description }),
    ...rest,
  }
  lab.projects.set(id, project)
  return project
}

export function addSubject(lab: Lab, project: string, label: string, user: string): Subject {
  const id = accession('S', ++lab.counters.subject)
  const subject: Subject = { ...stamped(lab, user), id, label, project, shares: [], resources: [], body: node('xnat:subjectData') }
  lab.subjects.set(id, subject)
  return subject
}

export function addExperiment(lab: Lab, subject: Subject, label: string, xsiType: string, user: string, session?: Experiment): Experiment {
  const experiment: Experiment = {
    ...stamped(lab, user),
    id: accession('E', ++lab.counters.experiment),
    label,
    project: session?.project ?? subject.project,
    subject: subject.id,
    ...(session ? { session: session.id } : {}),
    shares: [],
    resources: [],
    incoming: [],
    scans: [],
    reconstructions: [],
    assessors: [],
    body: node(xsiType),
  }
  session?.assessors.push(experiment)
  lab.experiments.set(experiment.id, experiment)
  return experiment
}

export function addScan(lab: Lab, session: Experiment, id: string, xsiType: string, user: string): Scan {
  const scan: Scan = { ...stamped(lab, user), key: ++lab.counters.scan, id, resources: [], body: node(xsiType) }
  session.scans.push(scan)
  return scan
}

export function addResource(lab: Lab, into: Resource[], label: string, given: Partial<Omit<Resource, 'id' | 'files' | 'label'>> = {}): Resource {
  const resource: Resource = { id: ++lab.counters.resource, label, format: '', content: '', description: '', tags: '', files: new Map(), ...given }
  into.push(resource)
  return resource
}

/** The label an object has in a project: its own there, the share's elsewhere; undefined where it is not in that project. */
export function labelIn(object: { project: string; label: string; shares: Share[] }, project: string): string | undefined {
  return object.project === project ? object.label : object.shares.find((share) => share.project === project)?.label
}

export function removeExperiment(lab: Lab, experiment: Experiment): void {
  for (const assessor of [...experiment.assessors]) removeExperiment(lab, assessor)
  lab.experiments.delete(experiment.id)
  const session = experiment.session === undefined ? undefined : lab.experiments.get(experiment.session)
  if (session) session.assessors = session.assessors.filter((other) => other !== experiment)
}

export function removeSubject(lab: Lab, subject: Subject): void {
  for (const experiment of [...lab.experiments.values()]) if (experiment.subject === subject.id) removeExperiment(lab, experiment)
  lab.subjects.delete(subject.id)
}

/** Files a list may show. */
export const catalogued = (resource: Resource): StoredFile[] => [...resource.files.values()].filter((file) => file.catalogued)
