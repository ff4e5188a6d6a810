/** Which path leads where. What is not in this table is no route, as in the real one: /data/projects/P/experiments/E/scans for instance. */
import type { Exchange, Handler } from './exchange.ts'
import { deleteFile, listFiles, readFile, writeFile } from './files.ts'
import { readItem } from './items.ts'
import { assessorList, experimentList, projectList, projectUsers, reconstructionList, scanList, shareList, subjectList } from './lists.ts'
import { deleteResource, putResource, readCatalogue, resourceList } from './resources.ts'
import * as services from './services.ts'
import { share, unshare } from './sharing.ts'
import { putAssessor, putExperiment, putProject, putReconstruction, putScan, putSubject, remove } from './write.ts'
import * as xapi from './xapi.ts'

interface Route {
  methods: string[]
  pattern: RegExp
  handler: Handler
}

const routes: Route[] = []

/** `:name` is one segment, `*name` the rest of the path. GET serves HEAD too. */
function on(methods: string, path: string, handler: Handler): void {
  const source = path.replace(/:(\w+)/g, '(?<$1>[^/]+)').replace(/\*(\w+)/g, '(?<$1>.+)')
  const list = methods.split(' ')
  routes.push({ methods: list.includes('GET') ? [...list, 'HEAD'] : list, pattern: new RegExp(`^${source}/?$`), handler })
}

const project = '/data/projects/:project'
const subjects = [`${project}/subjects/:subject`, '/data/subjects/:subject']
/** A session by its full path or by accession id; only these two lead to scans and assessors. */
const sessions = [`${project}/subjects/:subject/experiments/:experiment`, '/data/experiments/:experiment']
const shortSession = `${project}/experiments/:experiment`
const scans = sessions.map((base) => `${base}/scans/:scan`)
const assessors = sessions.map((base) => `${base}/assessors/:assessor`)
const reconstructions = sessions.map((base) => `${base}/reconstructions/:reconstruction`)
const directed = [...assessors, ...reconstructions].map((base) => `${base}/:direction`)

for (const base of [project, ...subjects, ...sessions, shortSession, ...scans, ...assessors, ...reconstructions, ...directed]) {
  on('GET', `${base}/resources`, resourceList)
  on('GET', `${base}/files`, listFiles)
  on('GET', `${base}/resources/:resource`, readCatalogue)
  on('PUT POST', `${base}/resources/:resource`, putResource)
  on('DELETE', `${base}/resources/:resource`, deleteResource)
  on('GET', `${base}/resources/:resource/files`, listFiles)
  on('PUT POST', `${base}/resources/:resource/files`, writeFile)
  on('GET', `${base}/resources/:resource/files/*path`, readFile)
  on('PUT POST', `${base}/resources/:resource/files/*path`, writeFile)
  on('DELETE', `${base}/resources/:resource/files/*path`, deleteFile)
}
for (const base of [...subjects, ...sessions, shortSession, ...assessors]) {
  on('GET', `${base}/projects`, shareList)
  on('PUT', `${base}/projects/:target`, share)
  on('DELETE', `${base}/projects/:target`, unshare)
}
on('GET', '/data/projects', projectList)
on('GET', `${project}/users`, projectUsers)
on('GET', `${project}/prearchive_code`, services.prearchiveCode)
on('GET', `${project}/quarantine_code`, services.quarantineCode)
on('GET', `${project}/current_arc`, services.currentArc)
on('GET', `${project}/accessibility`, services.accessibility)
on('PUT', `${project}/accessibility/:access`, services.setAccessibility)
on('GET', `${project}/subjects`, subjectList)
on('GET', '/data/subjects', subjectList)
on('GET', `${project}/experiments`, experimentList)
on('GET', '/data/experiments', experimentList)
for (const base of subjects) on('GET', `${base}/experiments`, experimentList)
for (const base of sessions) {
  on('GET', `${base}/scans`, scanList)
  on('GET', `${base}/assessors`, assessorList)
  on('POST', `${base}/assessors`, putAssessor)
  on('GET', `${base}/reconstructions`, reconstructionList)
}
for (const [bases, put] of [
  [[project], putProject],
  [subjects, putSubject],
  [[...sessions, shortSession], putExperiment],
  [scans, putScan],
  [assessors, putAssessor],
  [reconstructions, putReconstruction],
] as const) {
  for (const base of bases) {
    on('GET', base, readItem)
    on('PUT', base, put)
    on('DELETE', base, remove)
  }
}
on('GET POST', '/data/JSESSION', services.sessionId)
on('DELETE', '/data/JSESSION', services.endSession)
on('GET', '/data/auth', services.whoIsLoggedIn)
on('GET', '/data/services/tokens/issue', services.tokenIssue)
on('GET', '/data/services/tokens/issue/user/:user', services.tokenIssueFor)
on('GET', '/data/services/tokens/show', services.tokenShow)
on('GET', '/data/services/tokens/validate/:alias/:secret', services.tokenValidate)
on('GET', '/data/services/tokens/invalidate/:alias', services.tokenInvalidate)
on('GET', '/data/services/scan-quality-labels', services.qualityLabels)
on('GET', '/data/services/scan-quality-labels/:project', services.qualityLabels)
on('POST', '/data/services/import', services.importRefused)
on('GET', '/data/prearchive', services.prearchiveList)
on('GET', '/data/prearchive/projects/:project', services.prearchiveList)
on('GET', '/data/search/elements', services.searchElements)
on('GET', '/xapi/siteConfig/buildInfo', xapi.build)
on('GET', '/xapi/siteConfig/buildInfo/version', xapi.buildVersion)
on('GET', '/xapi/users/username', xapi.userName)
on('GET', '/xapi/schemas', xapi.schemas)
on('GET', '/xapi/schemas/:schema', xapi.schema)
on('GET', '/xapi/access/displays/createable', xapi.createableDisplays)
const customised =
  '/xapi/custom-fields(?:/projects/:project)?(?:/subjects/:subject)?(?:/experiments/:experiment)?(?:/scans/:scan|/assessors/:assessor)?/fields'
on('GET', customised, xapi.customFields)
on('PUT', customised, xapi.putCustomFields)
on('GET', `${customised}/:name`, xapi.customFields)
on('DELETE', `${customised}/:name`, xapi.deleteCustomField)

/** `/REST/...` and `/data/archive/...` are older names of the same thing. */
const canonical = (path: string) => path.replace(/^\/REST\//, '/data/').replace(/^\/data\/archive\//, '/data/')

/** The handler of a path and its decoded variables. `405` where the path is there and the method is not. */
export function route(method: string, rawPath: string): { handler: Handler; params: Exchange['params'] } | 404 | 405 {
  const path = canonical(rawPath)
  let known = false
  for (const { methods, pattern, handler } of routes) {
    const match = pattern.exec(path)
    if (!match) continue
    known = true
    if (!methods.includes(method)) continue
    const params: Record<string, string> = {}
    for (const [name, value] of Object.entries(match.groups ?? {})) if (value !== undefined) params[name] = decode(value)
    if (path.endsWith('/') && params.path !== undefined && !params.path.endsWith('/')) params.path += '/'
    return { handler, params }
  }
  return known ? 405 : 404
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
