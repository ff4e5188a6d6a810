/** The lists of projects, subjects, sessions, scans and assessors. */
import { canDelete, canEdit, canRead, canReadShared, canSee, projectOf } from './access.ts'
import type { Exchange } from './exchange.ts'
import { type Column, field, isOfType, joinsScans, type Row, timestamp } from './fields.ts'
import { notFound, Problem, type Reply } from './http.ts'
import { findProject, locate, type Place } from './locate.ts'
import type { Experiment, Project, Subject } from './model.ts'
import { labelIn } from './model.ts'
import { list, tableReply } from './table.ts'

export function projectList(x: Exchange): Reply {
  const { query } = x
  const permission = query.get('permissions') ?? query.get('restrict')
  const readable = [...x.lab.projects.values()].filter((project) => canSee(x.user, project))
  const role = (project: Project) => project.roles.get(x.user.login)
  const rights: Record<string, (project: Project) => boolean> = {
    edit: (project) => canEdit(x.user, project),
    delete: (project) => canDelete(x.user, project),
    read: (project) => canRead(x.user, project),
  }
  const steered = ['accessible', 'owner', 'member', 'collaborator', 'data', 'prearc_code'].filter((name) => query.get(name) !== undefined)
  if (steered.length > 0) {
    const fits = (project: Project) =>
      (!query.is('accessible') || canRead(x.user, project)) &&
      (!query.is('owner') || role(project) === 'owner') &&
      (!query.is('member') || role(project) === 'member') &&
      (!query.is('collaborator') || role(project) === 'collaborator') &&
      (query.get('data') !== 'writable' || canEdit(x.user, project)) &&
      (query.get('data') !== 'readable' || canRead(x.user, project))
    return accessibleTable(x, readable.filter(fits))
  }
  const fits = permission === undefined ? () => true : (rights[permission] ?? (() => false))
  const wantsAlias = query.get('columns')?.split(',').includes('alias') === true
  const rows = readable.filter(fits).flatMap((project): Row[] => {
    const names: (string | undefined)[] = wantsAlias && project.aliases.length > 0 ? project.aliases : [undefined]
    return names.map((alias) => (alias === undefined ? { project } : { project, alias }))
  })
  return list(x, {
    context: 'project',
    defaults: ['ID', 'secondary_ID', 'name', 'description', 'pi_firstname', 'pi_lastname'],
    rows,
    uri: (row) => `/data/projects/${row.project?.id ?? ''}`,
    pages: false,
    total: query.get('permissions') === undefined,
  })
}

/** The other column set, in lower case, that `?accessible=true` and its like switch to. */
function accessibleTable(x: Exchange, projects: Project[]): Reply {
  const uid = [...x.gate.users.keys()].indexOf(x.user.login) + 1
  const names = 'id,name,description,secondary_id,pi,project_access,insert_date,insert_user'.split(',')
  const columns = [...names, `user_role_${uid}`, `last_accessed_${uid}`, 'URI']
  const plural = (role: string | undefined) => (role === undefined ? '' : `${role.charAt(0).toUpperCase()}${role.slice(1)}s`)
  const rows = projects.map((project) => [
    project.id,
    project.name,
    field(project.body, 'description'),
    project.secondaryId,
    [project.piLast, project.piFirst].filter(Boolean).join(', '),
    project.access,
    timestamp(project.insertedAt),
    project.insertedBy,
    plural(project.roles.get(x.user.login)),
    '',
    `/data/projects/${project.id}`,
  ])
  return tableReply(x, { columns, rows, total: true })
}

export function projectUsers(x: Exchange): Reply {
  const project = findProject(x)
  if (!canRead(x.user, project)) throw notFound('Project')
  const rows = [...project.roles].map(([login, role]) => {
    const user = x.gate.users.get(login)
    return [
      `${project.id}_${role}`,
      `${role.charAt(0).toUpperCase()}${role.slice(1)}s`,
      login,
      user?.first ?? '',
      user?.last ?? '',
      user?.email ?? '',
    ]
  })
  return tableReply(x, { columns: ['GROUP_ID', 'displayname', 'login', 'firstname', 'lastname', 'email'], rows, total: true })
}

const subjectUri = (row: Row) => `/data/subjects/${row.subject?.id ?? ''}`

export function subjectList(x: Exchange): Reply {
  const inside = x.params.project === undefined ? undefined : findProject(x)
  const rows: Row[] = []
  for (const subject of x.lab.subjects.values()) {
    const project = projectOf(x.lab, subject.project)
    if (inside) {
      if (canRead(x.user, inside) && labelIn(subject, inside.id) !== undefined) rows.push({ subject, project, from: inside.id })
    } else if (canReadShared(x.lab, x.user, subject)) rows.push({ subject, project })
  }
  const wanted = x.query.get('project')
  return list(x, {
    context: 'subject',
    defaults: ['ID', 'project', 'label', 'insert_date', 'insert_user'],
    rows: wanted === undefined ? rows : rows.filter((row) => row.subject && labelIn(row.subject, wanted) !== undefined),
    uri: subjectUri,
    pages: true,
  })
}

const experimentUri = (row: Row) => `/data/experiments/${row.experiment?.id ?? ''}`

/** A session's line, with the project it is seen from. */
function experimentRow(x: Exchange, experiment: Experiment, from?: string): Row {
  const subject = x.lab.subjects.get(experiment.subject)
  const project = x.lab.projects.get(experiment.project)
  return { experiment, ...(subject ? { subject } : {}), ...(project ? { project } : {}), ...(from === undefined ? {} : { from }) }
}

/** One line per scan as soon as a column or filter speaks of scans; a session without scans keeps one line with empty cells. */
function joinScans(columns: Column[], rows: Row[]): Row[] {
  if (!columns.some(joinsScans)) return rows
  return rows.flatMap((row): Row[] => {
    const scans = row.experiment?.scans ?? []
    return scans.length === 0 ? [row] : scans.map((scan) => ({ ...row, scan }))
  })
}

/** Sessions of a subject, of a project, or of everything the person may read (there with assessors, where the type asks for them). */
export function experimentList(x: Exchange): Reply {
  const types = x.query.get('xsiType')?.split(',')
  let rows: Row[] = []
  if (x.params.subject !== undefined || x.params.project !== undefined) {
    const place: Place = locate(x)
    const from = x.params.project
    if (from === undefined || canRead(x.user, place.project) || place.subject) {
      for (const experiment of x.lab.experiments.values()) {
        if (experiment.session !== undefined || (place.subject && experiment.subject !== place.subject.id)) continue
        const here = from === undefined ? canReadShared(x.lab, x.user, experiment) : labelIn(experiment, from) !== undefined
        if (here && (from === undefined || canRead(x.user, place.project))) rows.push(experimentRow(x, experiment, from))
      }
    }
  } else {
    const wanted = x.query.get('project')
    for (const experiment of x.lab.experiments.values()) {
      if (wanted !== undefined && labelIn(experiment, wanted) === undefined) continue
      if (types === undefined && experiment.session !== undefined) continue
      if (canReadShared(x.lab, x.user, experiment)) rows.push(experimentRow(x, experiment, wanted))
    }
  }
  if (types) rows = rows.filter((row) => row.experiment && types.some((type) => isOfType(row.experiment as Experiment, type)))
  return list(x, {
    context: 'experiment',
    defaults: ['ID', 'project', 'date', 'xsiType', 'label', 'insert_date'],
    rows,
    uri: experimentUri,
    pages: true,
    join: joinScans,
  })
}

function sessionOf(place: Place): Experiment {
  if (!place.experiment) throw notFound('Experiment')
  return place.experiment
}

export function scanList(x: Exchange): Reply {
  const session = sessionOf(locate(x))
  const types = x.query.get('xsiType')?.toLowerCase().split(',')
  const scans = session.scans.filter((scan) => !types || types.includes(scan.body.xsiType.toLowerCase()) || types.includes('xnat:imagescandata'))
  return list(x, {
    context: 'scan',
    defaults: ['xnat_imagescandata_id', 'ID', 'type', 'quality', 'xsiType', 'note', 'series_description'],
    rows: scans.map((scan) => ({ ...experimentRow(x, session), scan })),
    uri: (row) => `/data/experiments/${session.id}/scans/${encodeURIComponent(row.scan?.id ?? '')}`,
    pages: false,
  })
}

export function assessorList(x: Exchange): Reply {
  const session = sessionOf(locate(x))
  const types = x.query.get('xsiType')?.split(',')
  const assessors = session.assessors.filter((assessor) => !types || types.some((type) => isOfType(assessor, type)))
  return list(x, {
    context: 'experiment',
    defaults: ['ID', 'project', 'label', 'date', 'xsiType', 'insert_date', 'session_ID', 'session_label'],
    rows: assessors.map((assessor) => experimentRow(x, assessor)),
    uri: (row) => `/data/experiments/${session.id}/assessors/${row.experiment?.id ?? ''}`,
    pages: false,
  })
}

export function reconstructionList(x: Exchange): Reply {
  const session = sessionOf(locate(x))
  return list(x, {
    context: 'reconstruction',
    defaults: ['xnat_reconstructedimagedata_id', 'ID', 'type', 'baseScanType', 'xsiType'],
    rows: session.reconstructions.map((reconstruction) => ({ ...experimentRow(x, session), reconstruction })),
    uri: (row) => `/data/experiments/${session.id}/reconstructions/${encodeURIComponent(row.reconstruction?.id ?? '')}`,
    pages: false,
  })
}

/** The object whose sharing a path speaks of. */
export function sharedObject(place: Place): Subject | Experiment {
  const object = place.assessor ?? place.experiment ?? place.subject
  if (!object) throw new Problem(404, 'Unable to identify the shared item.')
  return object
}

/** The projects an object is in: its own first, then those it is shared into. */
export function shareList(x: Exchange): Reply {
  const object = sharedObject(locate(x))
  const rows = [{ project: object.project, label: object.label }, ...object.shares].flatMap(({ project: id, label }) => {
    const project = x.lab.projects.get(id)
    return project ? [[project.id, label, project.secondaryId, project.name]] : []
  })
  return tableReply(x, { columns: ['ID', 'label', 'Secondary_ID', 'Name'], rows, total: true })
}
