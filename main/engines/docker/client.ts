/** The engine's API over dockerode, and what its errors mean to a person. */
import Docker from 'dockerode'
import { type ErrorCode, ScansideError } from '../../../oct/errors.ts'
import { type Endpoint, refusal } from './endpoint.ts'

/**
 * Opens a client; nothing is sent yet. Every field is given, for dockerode would otherwise fill it from DOCKER_HOST
 * and send a run somewhere else than probed. `timeoutMs`: a silent connection is closed after it; for probing only.
 */
export function connect(endpoint: Endpoint, timeoutMs?: number): Docker {
  const refused = refusal(endpoint)
  const timeout = timeoutMs === undefined ? {} : { timeout: timeoutMs }
  if (refused !== null) throw new ScansideError('engine-unavailable', refused)
  if (endpoint.kind === 'tcp') {
    const { host, port, tls } = endpoint
    const secrets = tls === null ? {} : { ca: tls.ca, cert: tls.cert, key: tls.key }
    return new Docker({ host, port, protocol: tls === null ? 'http' : 'https', ...secrets, ...timeout })
  }
  if (endpoint.kind === 'ssh') throw new ScansideError('engine-unavailable', 'Engines over ssh are not used.')
  return new Docker(Object.assign({ socketPath: endpoint.path, protocol: 'http' as const, ...timeout }, { host: undefined, port: undefined }))
}

interface ApiFault {
  statusCode?: number
  code?: string
  name?: string
  message?: string
}

/** HTTP status of a fault from the engine, or null. */
export function statusOf(fault: unknown): number | null {
  const status = (fault as ApiFault | null)?.statusCode
  return typeof status === 'number' ? status : null
}

/** True where the thing asked for is not there (any more). */
export function isGone(fault: unknown): boolean {
  return statusOf(fault) === 404
}

function unavailable(code: string): string | null {
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE' || code === 'ENOTFOUND' || code === 'ETIMEDOUT')
    return 'The container engine does not answer. Your data is safe in the archive. Start Docker (or Podman) and try again.'
  if (code === 'EACCES' || code === 'EPERM')
    return 'You have no permission to use the container engine. Ask your administrator to add you to the group "docker", then sign in to this computer again.'
  return null
}

/**
 * Turns any fault of a call into a ScansideError. `what` continues the sentence "The container engine could not …",
 * `next` tells what is safe and what to do.
 * The engine's own words may hold paths; only the status and the system's code are kept.
 */
export function engineFault(fault: unknown, what: string, next = 'Your data is safe in the archive; start the run again.'): ScansideError {
  if (fault instanceof ScansideError) return fault
  const { code, name, message, statusCode } = (fault ?? {}) as ApiFault
  if (name === 'AbortError' || code === 'ABORT_ERR') return new ScansideError('cancelled', 'It was cancelled.')
  const sentence = typeof code === 'string' ? unavailable(code) : null
  if (sentence !== null) return new ScansideError('engine-unavailable', sentence, { code: code ?? '' })
  if (/no space left on device/i.test(message ?? '')) {
    return new ScansideError(
      'disk-full',
      'The container engine has no space left on its disk. Your data is safe in the archive. Free some space and start the run again.',
    )
  }
  const kind: ErrorCode = statusCode === 404 ? 'not-found' : statusCode === 409 ? 'conflict' : 'internal'
  return new ScansideError(kind, `The container engine could not ${what}. ${next}`, statusCode === undefined ? {} : { status: statusCode }, {
    cause: fault,
  })
}
