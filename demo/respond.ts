/** From a request to its reply: the gate in front, the table of routes behind it, and the pages for what goes wrong. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { challenge, type Gate, identify, limits, needsCsrf } from './auth.ts'
import type { Exchange, Site } from './exchange.ts'
import { loginPage, Problem, parseQuery, problemReply, type Reply } from './http.ts'
import type { Lab } from './model.ts'
import { route } from './routes.ts'
import { sessionCookie, signIn } from './services.ts'
import type { Store } from './store.ts'

export interface Application {
  lab: Lab
  gate: Gate
  site: Site
  store: Store
}

/** Answers one request; never rejects. */
export async function respond(app: Application, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const cookies = [`SESSION_EXPIRATION_TIME="${app.gate.now()},${limits.sessionTimeout}"; Path=${app.site.contextPath || '/'}`]
  let reply: Reply
  try {
    reply = await answer(app, request, cookies)
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem(500, 'java.lang.RuntimeException', 'error')
    const line = problem.kind === 'restlet' && isXapi(app, request) ? new Problem(problem.status, problem.message, 'xapi', problem.headers) : problem
    reply = problemReply(line)
  }
  await send(request, response, reply, cookies)
}

const isXapi = (app: Application, request: IncomingMessage) => (request.url ?? '').startsWith(`${app.site.contextPath}/xapi/`)

async function answer(app: Application, request: IncomingMessage, cookies: string[]): Promise<Reply> {
  const url = new URL(request.url ?? '/', 'http://archive.invalid')
  const { contextPath } = app.site
  if (contextPath !== '' && !url.pathname.startsWith(`${contextPath}/`)) throw new Problem(404, 'Not Found', 'tomcat')
  const path = url.pathname.slice(contextPath.length)
  const method = request.method ?? 'GET'
  const query = parseQuery(url.search)
  if (/^\/app\/template\/(Login|XDATScreen_UpdateUser)\.vm$/.test(path)) return loginPage()
  if (path === '/' || path === '') return { status: 302, headers: { Location: `${contextPath}/app/template/Login.vm` } }
  if (/^\/data\/services\/auth\/?$/.test(path)) {
    if (method !== 'PUT' && method !== 'POST') throw new Problem(405, 'Method Not Allowed')
    return signIn({ ...app, request, method, params: {}, query })
  }
  const known = identify(app.gate, request.headers)
  if (!known) throw challenge(request.headers, contextPath)
  const { user, session, fresh } = known
  if (user.passwordExpired && request.headers.authorization === undefined) {
    throw new Problem(302, 'Your password has expired', 'tomcat', { Location: `${contextPath}/app/template/XDATScreen_UpdateUser.vm` })
  }
  if (fresh) cookies.push(sessionCookie(session.id, contextPath))
  if (/^(PUT|POST|DELETE)$/.test(method) && needsCsrf(request.headers['user-agent'] ?? '') && query.get('XNAT_CSRF') !== session.csrf) {
    throw new Problem(500, `INVALID CSRF on HTTP request (${path})`, 'error')
  }
  const found = route(method, path)
  if (found === 404)
    throw new Problem(404, 'The server has not found anything matching the request URI', /^\/(data|REST|xapi)\//.test(path) ? 'restlet' : 'tomcat')
  if (found === 405) throw new Problem(405, 'The method specified in the request is not allowed for the resource identified by the request URI')
  const exchange: Exchange = { ...app, request, method, params: found.params, query, user, session }
  return found.handler(exchange)
}

async function send(request: IncomingMessage, response: ServerResponse, reply: Reply, cookies: string[]): Promise<void> {
  if (response.destroyed) return
  const { status, type, headers = {}, body = '', close } = reply
  const own = headers['Set-Cookie']
  response.setHeader('Set-Cookie', own === undefined ? cookies : [...cookies, own])
  for (const [name, value] of Object.entries(headers)) if (name !== 'Set-Cookie') response.setHeader(name, value)
  if (type !== undefined) response.setHeader('Content-Type', type)
  if (close) response.setHeader('Connection', 'close')
  response.statusCode = status
  if (body instanceof Readable) {
    if (request.method === 'HEAD') {
      body.destroy()
      response.end()
      return
    }
    try {
      await pipeline(body, response)
    } catch {
      // Headers are out: all that is left is to break off, which the client sees as too few bytes.
      response.destroy()
    }
    return
  }
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body
  if (!response.hasHeader('Content-Length') && status !== 204) response.setHeader('Content-Length', bytes.byteLength)
  response.end(request.method === 'HEAD' ? undefined : bytes)
}
