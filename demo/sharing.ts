/** Putting an object into a further project, taking it out, and moving it. */
import { canEdit, canSee, requireDelete, requireEdit } from './access.ts'
import type { Exchange } from './exchange.ts'
import { done, forbidden, notFound, Problem, type Reply } from './http.ts'
import { sharedObject } from './lists.ts'
import { locate } from './locate.ts'
import type { Experiment, Project, Subject } from './model.ts'
import { labelIn, stamp } from './model.ts'

function target(x: Exchange): Project {
  const project = x.lab.projects.get(x.params.target ?? '')
  if (!project || !canSee(x.user, project)) throw notFound('Project')
  return project
}

const isExperiment = (object: Subject | Experiment): object is Experiment => 'scans' in object

/** 409 where the object is there already or the label is taken. `primary=true` moves it. */
export function share(x: Exchange): Reply {
  const object = sharedObject(locate(x))
  const project = target(x)
  if (!canEdit(x.user, project)) throw forbidden()
  const label = x.query.get('label') ?? object.label
  const all: (Subject | Experiment)[] = isExperiment(object) ? [...x.lab.experiments.values()] : [...x.lab.subjects.values()]
  if (all.some((other) => other !== object && labelIn(other, project.id) === label)) throw new Problem(409, 'Specified label already in use.')
  const move = x.query.is('primary')
  if (object.project === project.id || (!move && labelIn(object, project.id) !== undefined))
    throw new Problem(409, `Already assigned to project:${project.id}`)
  if (move) {
    const owner = x.lab.projects.get(object.project)
    if (owner) requireDelete(x.user, owner)
    object.shares = object.shares.filter((one) => one.project !== project.id)
    object.project = project.id
    object.label = label
  } else object.shares.push({ project: project.id, label })
  object.modifiedAt = stamp(x.lab)
  return done()
}

export function unshare(x: Exchange): Reply {
  const object = sharedObject(locate(x))
  const project = target(x)
  requireEdit(x.user, project)
  if (!object.shares.some((one) => one.project === project.id)) throw notFound('Share')
  object.shares = object.shares.filter((one) => one.project !== project.id)
  object.modifiedAt = stamp(x.lab)
  return done()
}
