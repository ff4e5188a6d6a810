/** Creating, changing and deleting projects, subjects, sessions, scans, assessors and reconstructions. */
import { canRead, requireDelete, requireEdit } from './access.ts'
import { xmlBody } from './body.ts'
import type { Exchange } from './exchange.ts'
import { assign, type Context } from './fields.ts'
import { done, forbidden, notFound, Problem, type Reply, text } from './http.ts'
import { findAssessor, findExperiment, findProject, findSubject, locate, oneScan } from './locate.ts'
import {
  addExperiment,
  addProject,
  addScan,
  addSubject,
  type Experiment,
  type Node,
  node,
  type Project,
  removeExperiment,
  removeSubject,
  type Stamped,
  type Subject,
  stamp,
  stamped,
} from './model.ts'
import { readDocument } from './xml.ts'

/** XNAT's rule for labels in a path. */
function checkLabel(label: string): void {
  if (!/^[\w .-]+$/.test(label)) throw new Problem(417, `Invalid character in label ${label}`)
}

function setFields(x: Exchange, context: Context, body: Node): void {
  for (const [key, value] of x.query.entries) assign(context, body, key, value)
}

/** An XML document's values into an object: merged, or in place of what was there with `allowDataDeletion=true`. The query wins over the body. */
function merge(x: Exchange, into: Node, given: Node | undefined): void {
  if (!given) return
  if (x.query.is('allowDataDeletion')) {
    into.fields.clear()
    into.children.clear()
  }
  for (const [path, value] of given.fields) if (!/^(ID|label|project|subject_ID|imageSession_ID)$/.test(path)) into.fields.set(path, value)
  for (const [path, nodes] of given.children) {
    if (/^(scans\/scan)$/.test(path) && /SessionData$/.test(into.xsiType)) continue
    into.children.set(path, nodes)
  }
}

const touch = (x: Exchange, ...objects: (Stamped | undefined)[]) => {
  for (const object of objects) if (object) object.modifiedAt = stamp(x.lab)
}

export async function putProject(x: Exchange): Promise<Reply> {
  const id = x.params.project ?? ''
  const there = x.lab.projects.get(id)
  const document = await documentOf(x)
  if (there) {
    if (!canRead(x.user, there)) throw there.access === 'protected' ? forbidden() : notFound('Project')
    if (there.roles.get(x.user.login) !== 'owner' && !x.user.admin) throw forbidden()
  } else checkLabel(id)
  const project = there ?? addProject(x.lab, id, x.user.login)
  merge(x, project.body, document)
  setFields(x, 'project', project.body)
  const name = project.body.fields.get('name')
  if (name !== undefined) {
    project.name = name
    project.body.fields.delete('name')
  }
  touch(x, project)
  return text(id, there ? 200 : 201)
}

async function documentOf(x: Exchange): Promise<Node | undefined> {
  const xml = await xmlBody(x)
  return xml === undefined ? undefined : readDocument(xml)
}

/** The project a write goes into: 404 where it cannot be seen, 403 where it can but may not be changed. */
function writableProject(x: Exchange): Project {
  const project = findProject(x)
  requireEdit(x.user, project)
  return project
}

export async function putSubject(x: Exchange): Promise<Reply> {
  const project = x.params.project === undefined ? locate(x).project : writableProject(x)
  requireEdit(x.user, project)
  const document = await documentOf(x)
  const there = findSubject(x)
  if (!there) checkLabel(x.params.subject ?? '')
  const subject = there ?? addSubject(x.lab, project.id, x.query.get('label') ?? x.params.subject ?? '', x.user.login)
  merge(x, subject.body, document)
  setFields(x, 'subject', subject.body)
  touch(x, subject)
  return text(subject.id, there ? 200 : 201)
}

/** Types a fresh XNAT does not know until its administrator sets them up. */
const ophthalmic = /^xnat:(opt|op)SessionData$/

export async function putExperiment(x: Exchange): Promise<Reply> {
  if (x.params.project === undefined) requireEdit(x.user, locate(x).project)
  else writableProject(x)
  const document = await documentOf(x)
  const there = findExperiment(x)
  const xsiType = x.query.get('xsiType') ?? document?.xsiType
  if (there) {
    if (xsiType && !/xnat:(experimentData|subjectAssessorData|imageSessionData)/.test(xsiType) && xsiType !== there.body.xsiType) {
      throw new Problem(409, 'Cannot modify the xsiType of an existing experiment.')
    }
    merge(x, there.body, document)
    setFields(x, 'experiment', there.body)
    touch(x, there, x.lab.subjects.get(there.subject))
    return text(there.id)
  }
  if (!xsiType) throw new Problem(417, 'Experiment xsiType is not defined.')
  if (ophthalmic.test(xsiType) && !x.site.ophthalmicTypes)
    throw forbidden(`Specified user account has insufficient create privileges for ${xsiType} in this project.`)
  checkLabel(x.params.experiment ?? '')
  const subject = subjectFor(x, document)
  const experiment = addExperiment(x.lab, subject, x.query.get('label') ?? x.params.experiment ?? '', xsiType, x.user.login)
  experiment.project = x.params.project ?? subject.project
  merge(x, experiment.body, document)
  setFields(x, 'experiment', experiment.body)
  touch(x, subject)
  return text(experiment.id, 201)
}

/** The path's subject, made on the way where it is missing; or the one the query or the document names. */
function subjectFor(x: Exchange, document: Node | undefined): Subject {
  const name =
    x.params.subject ?? x.query.get('subject_ID') ?? x.query.get('xnat:subjectAssessorData/subject_ID') ?? document?.fields.get('subject_ID')
  if (!name || x.params.project === undefined) throw new Problem(422, 'Submitted experiment record must include the subject.')
  return findSubject(x, name) ?? addSubject(x.lab, x.params.project, name, x.user.login)
}

function writableSession(x: Exchange): Experiment {
  const place = locate({ ...x, params: pathOf(x, ['project', 'subject', 'experiment']) })
  if (!place.experiment) throw notFound('Experiment')
  requireEdit(x.user, place.project)
  return place.experiment
}

const pathOf = (x: Exchange, names: string[]) =>
  Object.fromEntries(names.flatMap((name) => (x.params[name] === undefined ? [] : [[name, x.params[name] ?? '']])))

/** 200 and an empty body. 400 for a new scan without its concrete type, 409 for another type than it has. */
export async function putScan(x: Exchange): Promise<Reply> {
  const session = writableSession(x)
  const document = await documentOf(x)
  const id = x.params.scan ?? ''
  const there = session.scans.find((scan) => scan.id === id)
  const xsiType = x.query.get('xsiType') ?? document?.xsiType
  if (there && xsiType && xsiType !== 'xnat:imageScanData' && xsiType !== there.body.xsiType)
    throw new Problem(409, 'Cannot modify the xsiType of an existing scan.')
  if (!there && (!xsiType || xsiType === 'xnat:imageScanData'))
    throw new Problem(400, 'Multiple scan modalities are possible; please specify the scan xsiType.')
  const scan = there ?? addScan(x.lab, session, id, xsiType ?? '', x.user.login)
  merge(x, scan.body, document)
  setFields(x, 'scan', scan.body)
  touch(x, scan, session, x.lab.subjects.get(session.subject))
  return done()
}

export async function putReconstruction(x: Exchange): Promise<Reply> {
  const session = writableSession(x)
  const document = await documentOf(x)
  const id = x.params.reconstruction ?? ''
  let one = session.reconstructions.find((other) => other.id === id)
  if (!one) {
    one = { ...stamped(x.lab, x.user.login), id, resources: [], incoming: [], body: node(x.query.get('xsiType') ?? 'xnat:reconstructedImageData') }
    session.reconstructions.push(one)
  }
  merge(x, one.body, document)
  setFields(x, 'reconstruction', one.body)
  touch(x, one, session, x.lab.subjects.get(session.subject))
  return done()
}

/** Creates or merges an assessor, from a document, from query parameters, or both (the query wins). Body: the accession id. */
export async function putAssessor(x: Exchange): Promise<Reply> {
  const session = writableSession(x)
  const subject = x.lab.subjects.get(session.subject)
  if (!subject) throw notFound('Subject')
  const document = await documentOf(x)
  const label = x.params.assessor ?? document?.fields.get('label') ?? ''
  const there = findAssessor(session, label)
  const xsiType = x.query.get('xsiType') ?? document?.xsiType
  if (!there && !xsiType) throw new Problem(417, 'Assessor xsiType is not defined.')
  if (there && xsiType && xsiType !== there.body.xsiType && xsiType !== 'xnat:imageAssessorData') {
    throw new Problem(409, 'Cannot modify the xsiType of an existing assessor.')
  }
  if (!there) {
    checkLabel(label)
    const claimed = document?.fields.get('imageSession_ID')
    if (claimed && claimed !== session.id) throw new Problem(422, 'The document names another session.')
  }
  const assessor = there ?? addExperiment(x.lab, subject, label, xsiType ?? '', x.user.login, session)
  merge(x, assessor.body, document)
  setFields(x, 'experiment', assessor.body)
  touch(x, assessor, subject)
  return text(assessor.id, there ? 200 : 201)
}

/** DELETE of any object. 404 when it is gone, 403 without the right; a shared object is only taken out of the project it is shared into. */
export function remove(x: Exchange): Reply {
  const place = locate(x)
  requireDelete(x.user, place.project)
  const { experiment, subject, assessor } = place
  if (x.params.scan !== undefined) {
    const scan = oneScan(place)
    if (experiment) experiment.scans = experiment.scans.filter((other) => other !== scan)
  } else if (place.reconstruction) {
    const gone = place.reconstruction
    if (experiment) experiment.reconstructions = experiment.reconstructions.filter((other) => other !== gone)
  } else if (assessor) removeExperiment(x.lab, assessor)
  else if (experiment ?? subject) {
    const object = (experiment ?? subject) as Experiment | Subject
    if (x.params.project !== undefined && object.project !== place.project.id) {
      object.shares = object.shares.filter((share) => share.project !== place.project.id)
    } else if (experiment) removeExperiment(x.lab, experiment)
    else if (subject) removeSubject(x.lab, subject)
  } else removeProject(x, place.project)
  touch(x, subject)
  return done()
}

function removeProject(x: Exchange, project: Project): void {
  for (const subject of [...x.lab.subjects.values()]) if (subject.project === project.id) removeSubject(x.lab, subject)
  x.lab.projects.delete(project.id)
}
