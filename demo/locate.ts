/** From the names in a path to the objects they mean, with XNAT's quirks about what a name may be. */
import { canRead, canReadShared, canSee, projectOf } from './access.ts'
import type { Exchange } from './exchange.ts'
import { field } from './fields.ts'
import { notFound, Problem } from './http.ts'
import type { Experiment, Project, Reconstruction, Resource, Scan, Subject } from './model.ts'
import { labelIn } from './model.ts'

/** Everything a path names. `project` is the one that decides rights: the path's, else the object's own. */
export interface Place {
  project: Project
  subject?: Subject
  experiment?: Experiment
  assessor?: Experiment
  scans?: Scan[]
  reconstruction?: Reconstruction
}

export function findProject(x: Exchange): Project {
  const project = projectOf(x.lab, x.params.project ?? '')
  if (!canSee(x.user, project)) throw notFound('Project')
  return project
}

/** By accession id, or by label inside the project the path names. */
export function findSubject(x: Exchange, name = x.params.subject ?? ''): Subject | undefined {
  const inside = x.params.project
  const byId = x.lab.subjects.get(name)
  if (byId && (inside === undefined || labelIn(byId, inside) !== undefined)) return canReadShared(x.lab, x.user, byId) ? byId : undefined
  if (inside === undefined) return undefined
  for (const subject of x.lab.subjects.values()) if (labelIn(subject, inside) === name) return subject
  return undefined
}

/** By accession id, or by label inside the path's project; a label alone finds nothing. */
export function findExperiment(x: Exchange, name = x.params.experiment ?? ''): Experiment | undefined {
  const inside = x.params.project
  const byId = x.lab.experiments.get(name)
  if (byId && (inside === undefined || labelIn(byId, inside) !== undefined)) return canReadShared(x.lab, x.user, byId) ? byId : undefined
  if (inside === undefined) return undefined
  for (const experiment of x.lab.experiments.values()) {
    if (experiment.session === undefined && labelIn(experiment, inside) === name) return experiment
  }
  return undefined
}

export function findAssessor(session: Experiment, name: string): Experiment | undefined {
  return session.assessors.find((assessor) => assessor.id === name || assessor.label === name)
}

/** Scans by id, by type, by comma list, or all (`*`, `ALL`); `[SLASH]` and `[COMMA]` stand for themselves in a type. */
export function findScans(session: Experiment, name: string): Scan[] {
  if (name === '*' || name.toUpperCase() === 'ALL') return session.scans
  const plain = (part: string) => part.replaceAll('[SLASH]', '/').replaceAll('[COMMA]', ',')
  const wanted = name.split(',').map(plain)
  return session.scans.filter((scan) => wanted.includes(scan.id) || wanted.includes(field(scan.body, 'type')))
}

/**
 * Resolves the whole path. 404 for what is absent and for what may not be read alike. A scan that does not exist leaves `scans` empty
 * for the caller: what XNAT does then depends on the route.
 */
export function locate(x: Exchange): Place {
  const { params } = x
  const named = params.project === undefined ? undefined : findProject(x)
  let subject: Subject | undefined
  let experiment: Experiment | undefined
  if (params.subject !== undefined) {
    subject = findSubject(x)
    if (!subject) throw notFound('Subject')
  }
  if (params.experiment !== undefined) {
    experiment = findExperiment(x)
    if (!experiment || (subject && experiment.subject !== subject.id)) throw notFound('Experiment')
    subject ??= x.lab.subjects.get(experiment.subject)
  }
  const project = named ?? projectOf(x.lab, (experiment ?? subject)?.project ?? '')
  const inner = experiment ?? subject
  if (inner && !canRead(x.user, project) && !canReadShared(x.lab, x.user, inner)) throw notFound(experiment ? 'Experiment' : 'Subject')
  const place: Place = { project }
  if (subject) place.subject = subject
  if (!experiment) return place
  place.experiment = experiment
  if (params.scan !== undefined) place.scans = findScans(experiment, params.scan)
  if (params.assessor !== undefined) {
    const assessor = findAssessor(experiment, params.assessor)
    if (!assessor) throw notFound('Assessor')
    place.assessor = assessor
  }
  if (params.reconstruction !== undefined) {
    const reconstruction = experiment.reconstructions.find((one) => one.id === params.reconstruction)
    if (!reconstruction) throw notFound('Reconstruction')
    place.reconstruction = reconstruction
  }
  return place
}

/** Resources by label, by number, by comma list, or the unlabelled ones (`NULL`). */
export function pickResources(resources: Resource[], name: string): Resource[] {
  if (name === 'NULL') return resources.filter((resource) => resource.label === '')
  const wanted = name.split(',')
  return resources.filter((resource) => wanted.includes(resource.label) || wanted.includes(String(resource.id)))
}

/** One scan, where the request changes something. */
export function oneScan(place: Place): Scan {
  const scan = place.scans?.[0]
  if (!scan) throw new Problem(404, 'Unable to identify scan')
  return scan
}
