/**
 * What the local log may hold of an error: where it happened, what kind it was, and the code's own frames. Never a message: an unexpected one may
 * carry whatever was at hand, a label, a name, a secret.
 */
import { errorCodes, ScansideError } from '../../oct/errors.ts'

export interface LoggedError {
  /** `ZodError`, `TypeError`; `thrown` for what is no error. */
  error: string
  /** A ScansideError's, the system's (`ENOSPC`), SQLite's, OpenSSL's or undici's. */
  code?: string
  /** A ScansideError's `reason`, HTTP status or exit code: numbers, and words of this program. */
  facts?: Record<string, number | boolean | string>
  /** `function file.js:line:column`, files without their folder. */
  at?: string[]
  cause?: LoggedError
}

export interface LogLine extends LoggedError {
  /** UTC */
  time: string
  where: string
}

/** Codes that Node, OpenSSL, SQLite and undici make. Anything else that calls itself a code may be somebody's. */
const systemCode =
  /^(?:E[A-Z0-9]{2,20}|E[A-Z]+_[A-Z]+|ERR_[A-Z0-9_]{2,60}|SQLITE_[A-Z_]{2,40}|UND_ERR_[A-Z_]{2,40}|CERT_[A-Z_]{2,40}|(?:DEPTH_ZERO_)?SELF_SIGNED_CERT[A-Z_]{0,20}|UNABLE_TO_[A-Z_]{2,60})$/
const errorName = /^(?:[A-Z][A-Za-z]{0,30})?(?:Error|Exception)$/
const functionName = /^(?:async )?(?:new )?[A-Za-z0-9_$.#<>]{1,80}(?: \[as [A-Za-z0-9_$]{1,40}\])?$/
const sourceFile = /^(?:node:[a-z_/]{1,60}|[A-Za-z0-9._-]{1,80}\.(?:js|cjs|mjs|ts|tsx))$/
const reason = /^[a-z][a-z-]{0,30}$/
const mostFrames = 12
const deepest = 4

/** One frame without its folder, or null where it does not look like one of a program's. */
export function frameOf(line: string): string | null {
  const [, called, place] = /^ {4}at (?:(.{1,140}) \()?([^()]{1,1000}:\d+:\d+)\)?$/.exec(line) ?? []
  if (place === undefined) return null
  const [, path = '', row = '', column = ''] = /^(.*):(\d+):(\d+)$/.exec(place.replace(/^async /, '')) ?? []
  const file = path.startsWith('node:') ? path : path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  if (!sourceFile.test(file)) return null
  const name = called !== undefined && functionName.test(called) ? `${called} ` : ''
  return `${name}${file}:${row}:${column}`
}

/** The frames of a stack. A message may have lines of its own that look like frames: what cannot be told apart from them is left out. */
export function framesOf(stack: string, message: string): string[] {
  const header = stack.indexOf(message)
  if (header < 0) return []
  return stack
    .slice(header + message.length)
    .split('\n')
    .flatMap((line) => frameOf(line) ?? [])
    .slice(0, mostFrames)
}

const factsOf = (error: ScansideError): Record<string, number | boolean | string> =>
  Object.fromEntries(
    Object.entries(error.details).flatMap(([name, value]): [string, number | boolean | string][] => {
      if (typeof value === 'number' || typeof value === 'boolean') return [[name, value]]
      return name === 'reason' && typeof value === 'string' && reason.test(value) ? [[name, value]] : []
    }),
  )

const codeOf = (code: unknown, own: boolean): string | undefined => {
  if (typeof code !== 'string') return undefined
  return systemCode.test(code) || (own && (errorCodes as readonly string[]).includes(code)) ? code : undefined
}

/** What may be kept of anything that was thrown. */
export function describeError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) {
    const code = codeOf(error, false)
    return { error: 'thrown', ...(code ? { code } : {}) }
  }
  const own = error instanceof ScansideError
  const code = codeOf('code' in error ? error.code : undefined, own)
  const facts = own ? factsOf(error) : {}
  const at = framesOf(error.stack ?? '', error.message)
  return {
    error: errorName.test(error.name) ? error.name : 'Error',
    ...(code ? { code } : {}),
    ...(Object.keys(facts).length > 0 ? { facts } : {}),
    ...(at.length > 0 ? { at } : {}),
    ...(error.cause !== undefined && depth < deepest ? { cause: describeError(error.cause, depth + 1) } : {}),
  }
}

/** `where` is a word of this program; a method's name or a room's. */
export const logLine = (time: Date, where: string, error: unknown): LogLine => ({
  time: time.toISOString(),
  where: /^[A-Za-z][A-Za-z0-9 .-]{0,60}$/.test(where) ? where : 'elsewhere',
  ...describeError(error),
})
