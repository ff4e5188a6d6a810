/**
 * The one error that crosses rooms: thrown by readers, engines and the archive alike, carried through the doorway as it is.
 * It lives in oct/ because that is the room nothing else stands below.
 */

/** Every kind of failure a person can be told about. The list is closed: what fits none of them is `internal`. */
export const errorCodes = [
  'invalid-argument',
  'invalid-file',
  'not-found',
  'conflict',
  'cancelled',
  'timeout',
  'unauthorized',
  'forbidden',
  'unreachable',
  'untrusted-certificate',
  'not-supported',
  'engine-unavailable',
  'image-refused',
  'out-of-memory',
  'output-refused',
  'quota',
  'disk-full',
  'keyring-unavailable',
  'integrity',
  'internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** Plain values that help a person or a developer, folded away under the message. Never a secret, a path or an identity. */
export type ErrorDetails = Record<string, string | number | boolean | null>

/**
 * A failure with a sentence a technician can act on: what happened, whether data is safe, what to do.
 * `details` holds facts for the folded part (byte offset, HTTP status, exit code).
 */
export class ScansideError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'ScansideError'
    this.code = code
    this.details = details
  }
}
