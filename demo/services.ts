/** Sign-in, sessions, alias tokens and the small services under /data. */
import { checkPassword, issueToken, openSession, type Token, tokenJson, type User } from './auth.ts'
import { readAll } from './body.ts'
import type { Exchange } from './exchange.ts'
import { done, forbidden, json, notFound, Problem, type Reply, text } from './http.ts'
import { findProject } from './locate.ts'
import { tableReply } from './table.ts'

/** `GET|POST /data/JSESSION`: the id of this server session, with its CSRF token where asked for. */
export function sessionId(x: Exchange): Reply {
  return text(x.query.is('CSRF') ? `${x.session.id}; XNAT_CSRF=${x.session.csrf}` : x.session.id)
}

export function endSession(x: Exchange): Reply {
  x.gate.sessions.delete(x.session.id)
  return done()
}

/** `PUT|POST /data/services/auth`: a form with name and password for a session id. Open to everybody, so it gets no user. */
export async function signIn(x: Omit<Exchange, 'user' | 'session'>): Promise<Reply> {
  const form = parseForm((await readAll(x as Exchange)).toString('utf8'), x.query.entries)
  const name = form.get('username') ?? form.get('j_username')
  const password = form.get('password') ?? form.get('j_password')
  if (!name || password === undefined) throw new Problem(400, 'Username and password are required.')
  const provider = form.get('provider')
  const user = checkPassword(x.gate, provider ? `${provider}/${name}` : name, password)
  const session = openSession(x.gate, user)
  return { ...text(session.id), headers: { 'Set-Cookie': sessionCookie(session.id, x.site.contextPath) } }
}

/** Form fields as they were sent: names and passwords do not pass the escaping of query values. */
function parseForm(body: string, query: ReadonlyArray<readonly [string, string]>): Map<string, string> {
  return new Map([...query, ...new URLSearchParams(body)].map(([key, value]) => [key, value]))
}

export const sessionCookie = (id: string, contextPath: string) => `JSESSIONID=${id}; Path=${contextPath || '/'}; HttpOnly`

export const whoIsLoggedIn = (x: Exchange): Reply => text(`User '${x.user.login}' is logged in`)

const own = (x: Exchange, user: User): Token[] => [...x.gate.tokens.values()].filter((token) => token.login === user.login)

export function tokenIssue(x: Exchange): Reply {
  return json(tokenJson(issueToken(x.gate, x.user.login)))
}

export function tokenIssueFor(x: Exchange): Reply {
  if (!x.user.admin) throw forbidden()
  if (!x.gate.users.has(x.params.user ?? '')) throw notFound('User')
  return json(tokenJson(issueToken(x.gate, x.params.user ?? '')))
}

export const tokenShow = (x: Exchange): Reply => json(own(x, x.user).map(tokenJson))

export function tokenValidate(x: Exchange): Reply {
  const token = x.gate.tokens.get(x.params.alias ?? '')
  const valid = token?.enabled && token.secret === x.params.secret && x.gate.now() < token.expires
  return json(valid ? { valid: token.login } : {})
}

/** The answer is the same for a token that is not there: whoever wants to know must try to use it. */
export function tokenInvalidate(x: Exchange): Reply {
  const token = x.gate.tokens.get(x.params.alias ?? '')
  if (token && token.login !== x.user.login && !x.user.admin) throw forbidden()
  x.gate.tokens.delete(x.params.alias ?? '')
  return json({ result: 'OK' })
}

export function qualityLabels(): Reply {
  return json({ ResultSet: { Result: ['usable', 'questionable', 'unusable'].map((label) => ({ label })), totalRecords: '3' } })
}

/** Nothing here takes DICOM: device files go in as resource files. */
export function importRefused(): Reply {
  throw new Problem(400, 'Unable to identify a DICOM object in the upload.')
}

const prearchive =
  'project,timestamp,lastmod,uploaded,scan_date,scan_time,subject,folderName,name,tag,status,url,autoarchive,prevent_anon,prevent_auto_commit,SOURCE,VISIT,PROTOCOL,TIMEZONE'.split(
    ',',
  )

export const prearchiveList = (x: Exchange): Reply => tableReply(x, { columns: prearchive, rows: [], total: true })

export const prearchiveCode = (x: Exchange): Reply => text(String(findProject(x).prearchiveCode))
export const quarantineCode = (x: Exchange): Reply => text(String(findProject(x).quarantineCode))
export function currentArc(x: Exchange): Reply {
  findProject(x)
  return text('arc001')
}
export const accessibility = (x: Exchange): Reply => text(findProject(x).access)

export function setAccessibility(x: Exchange): Reply {
  const project = findProject(x)
  if (project.roles.get(x.user.login) !== 'owner' && !x.user.admin) throw forbidden()
  const wanted = x.params.access
  if (wanted !== 'public' && wanted !== 'protected' && wanted !== 'private') throw new Problem(400, 'Unknown accessibility.')
  project.access = wanted
  return done()
}

/** The site's data types with how many of each there are. */
export function searchElements(x: Exchange): Reply {
  const counts = new Map<string, number>([
    ['xnat:projectData', x.lab.projects.size],
    ['xnat:subjectData', x.lab.subjects.size],
  ])
  for (const experiment of x.lab.experiments.values()) counts.set(experiment.body.xsiType, (counts.get(experiment.body.xsiType) ?? 0) + 1)
  const name = (type: string) => type.slice(type.indexOf(':') + 1)
  const rows = [...counts].map(([type, count]) => [type, name(type), `${name(type)}s`, 'true', String(count)])
  return tableReply(x, { columns: ['ELEMENT_NAME', 'SINGULAR', 'PLURAL', 'SECURED', 'COUNT'], rows, total: true })
}
