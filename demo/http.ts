/** What the archive answers with: replies, XNAT's three kinds of error page, and escaping as XNAT does it. */
import { STATUS_CODES } from 'node:http'
import type { Readable } from 'node:stream'

export interface Reply {
  status: number
  /** Content-Type; `text/plain` where absent and there is a body. */
  type?: string
  headers?: Record<string, string>
  /** Absent: an empty body. A stream without a Content-Length header goes out chunked. */
  body?: string | Uint8Array | Readable
  /** Sent after the reply where the request's body was not read to its end. */
  close?: boolean
}

/** `restlet`: the /data application's page. `tomcat`: a filter in front of it. `xapi`: one line of text. `error`: an uncaught exception. */
export type ProblemKind = 'restlet' | 'tomcat' | 'xapi' | 'error'

/** A refusal, turned into the page XNAT would show. */
export class Problem extends Error {
  readonly status: number
  readonly kind: ProblemKind
  readonly headers: Record<string, string>

  constructor(status: number, message: string, kind: ProblemKind = 'restlet', headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.kind = kind
    this.headers = headers
  }
}

export const notFound = (what: string) => new Problem(404, `${what} not found.`)
export const forbidden = (why = 'Specified user account has insufficient privileges for this operation.') => new Problem(403, why)

/** The five XML 1.1 escapes (`StringEscapeUtils.escapeXml11`), which XNAT also applies to every query value. */
export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (c) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;', "'": '&apos;' })[c] ?? c)
}

/** Restlet's status page: clients take the message out of `<h3>`. */
function statusPage(message: string): string {
  return (
    `<html>\n<head>\n   <title>Status page</title>\n</head>\n<body>\n<h3>${escapeXml(message)}</h3>` +
    '<p>You can get technical details <a href="http://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html">here</a>.<br>\n' +
    'Please continue your visit at our <a href="/">home page</a>.\n</p>\n</body>\n</html>\n'
  )
}

/** Tomcat's own page, for what a filter refuses before the application sees it. */
function tomcatPage(status: number, message: string): string {
  const title = `HTTP Status ${status} – ${STATUS_CODES[status] ?? 'Error'}`
  return (
    `<!doctype html><html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1><hr class="line" />` +
    `<p><b>Type</b> Status Report</p><p><b>Message</b> ${escapeXml(message)}</p><hr class="line" /><h3>Apache Tomcat (DEMO)</h3></body></html>`
  )
}

/** The page of an exception nobody caught (`/app/template/Error.vm`). */
function errorPage(message: string): string {
  return (
    '<!DOCTYPE html>\n<html><head><title>DEMO archive: error</title></head><body><h1>An error has occurred</h1>' +
    `<pre>${escapeXml(message)}</pre></body></html>\n`
  )
}

/** The login page an interactive browser ends on. */
export function loginPage(): Reply {
  const body =
    '<!DOCTYPE html>\n<html><head><title>DEMO archive: log in</title></head><body><h1>DEMO archive</h1>' +
    '<p>Generated scans and invented people. Log in as demo with the password demo.</p>' +
    '<form method="post" action="/login"><input name="username"><input name="password" type="password"><button>Log in</button></form></body></html>\n'
  return { status: 200, type: 'text/html;charset=UTF-8', body }
}

/** The reply for a refusal. */
export function problemReply(problem: Problem): Reply {
  const { status, message, headers } = problem
  if (problem.kind === 'xapi') return { status, type: 'text/plain;charset=UTF-8', headers, body: message }
  const body = problem.kind === 'restlet' ? statusPage(message) : problem.kind === 'tomcat' ? tomcatPage(status, message) : errorPage(message)
  return { status, type: 'text/html;charset=UTF-8', headers, body }
}

export const text = (body: string, status = 200): Reply => ({ status, type: 'text/plain;charset=UTF-8', body })
export const json = (value: unknown, status = 200): Reply => ({ status, type: 'application/json;charset=UTF-8', body: JSON.stringify(value) })
export const done = (status = 200): Reply => ({ status, type: 'text/plain;charset=UTF-8', body: '' })

/** A query string. Values went through XNAT's escaping; keys did not. Order is kept. */
export interface Query {
  readonly entries: ReadonlyArray<readonly [string, string]>
  get(name: string): string | undefined
  /** Whether the value is `true` (XNAT takes `1` too). */
  is(name: string): boolean
}

export function parseQuery(search: string): Query {
  const entries = [...new URLSearchParams(search)].map(([key, value]) => [key, escapeXml(value)] as const)
  const get = (name: string) => entries.find(([key]) => key === name)?.[1]
  return { entries, get, is: (name) => ['true', '1'].includes(get(name)?.toLowerCase() ?? '') }
}
