/** Network and TLS failures, told as sentences. The codes are Node's, OpenSSL's and undici's own. */
import { ScansideError } from '../../oct/errors.ts'

const unreachable: Record<string, string> = {
  ENOTFOUND: 'no machine of this name is known. Check the address and the network',
  EAI_AGAIN: 'its name could not be looked up. Check the network',
  ECONNREFUSED: 'the machine is there, but nothing answers at this port. Ask whether the server is running',
  ECONNRESET: 'the connection was cut. Try again',
  EPIPE: 'the connection was cut. Try again',
  UND_ERR_SOCKET: 'the connection was cut. Try again',
  EHOSTUNREACH: 'there is no way to it from this network',
  ENETUNREACH: 'this machine has no network',
  EADDRNOTAVAIL: 'this machine has no network',
  EPROTO: 'it does not speak https at this port. Check the port',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak https at this port. Check the port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak https at this port. Check the port',
}

const timeouts = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

const issuer = 'was issued by nobody this machine trusts. If it is your institute’s own, have its CA certificate put into the site file'
const certificates: Record<string, { reason: string; sentence: string }> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: { reason: 'self-signed', sentence: issuer },
  SELF_SIGNED_CERT_IN_CHAIN: { reason: 'self-signed', sentence: issuer },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { reason: 'unknown-issuer', sentence: issuer },
  UNABLE_TO_GET_ISSUER_CERT: { reason: 'unknown-issuer', sentence: issuer },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { reason: 'unknown-issuer', sentence: issuer },
  CERT_SIGNATURE_FAILURE: { reason: 'unknown-issuer', sentence: issuer },
  INVALID_CA: { reason: 'unknown-issuer', sentence: issuer },
  PATH_LENGTH_EXCEEDED: { reason: 'unknown-issuer', sentence: issuer },
  CERT_REJECTED: { reason: 'unknown-issuer', sentence: issuer },
  CERT_UNTRUSTED: { reason: 'unknown-issuer', sentence: issuer },
  CERT_HAS_EXPIRED: { reason: 'expired', sentence: 'has expired. Tell its administrator; also check this machine’s clock' },
  CERT_NOT_YET_VALID: { reason: 'not-yet-valid', sentence: 'is not valid yet. Check this machine’s clock' },
  INVALID_PURPOSE: { reason: 'purpose', sentence: 'was not issued for a server. Tell its administrator' },
  CERT_REVOKED: { reason: 'revoked', sentence: 'was revoked. Tell its administrator' },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    reason: 'host-name',
    sentence: 'was issued for another name. Check the address; it may not be the machine you mean',
  },
}

/** The innermost code that says something: undici and happy eyeballs wrap it in causes and aggregates. */
const codeOf = (error: unknown, depth = 0): string => {
  if (!(error instanceof Error) || depth > 4) return ''
  const own = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (own in unreachable || own in certificates || timeouts.has(own)) return own
  const inner = error instanceof AggregateError ? error.errors.map((one) => codeOf(one, depth + 1)).find((code) => code !== '') : undefined
  return inner || codeOf(error.cause, depth + 1) || own
}

/**
 * What a failed request means. A ScansideError comes back as it is; anything not known becomes `unreachable` with its code folded away.
 * @param host shown to the person; never a path or a query
 */
export const networkFailure = (error: unknown, host: string, signal?: AbortSignal): ScansideError => {
  if (error instanceof ScansideError) return error
  if (signal?.aborted) {
    const reason: unknown = signal.reason
    if (reason instanceof Error && reason.name === 'TimeoutError') {
      return new ScansideError('timeout', `${host} did not answer in time. Nothing was lost. Try again.`, { host }, { cause: error })
    }
    return new ScansideError('cancelled', 'Cancelled.', {}, { cause: error })
  }
  const code = codeOf(error)
  if (timeouts.has(code)) {
    return new ScansideError('timeout', `${host} did not answer in time. Nothing was lost. Try again.`, { host, code }, { cause: error })
  }
  const certificate = certificates[code]
  if (certificate) {
    return new ScansideError(
      'untrusted-certificate',
      `The certificate of ${host} ${certificate.sentence}. Nothing was sent.`,
      { reason: certificate.reason, host, code },
      { cause: error },
    )
  }
  const why = unreachable[code] ?? 'the connection failed. Check the network and try again'
  return new ScansideError('unreachable', `${host} cannot be reached: ${why}.`, { host, code }, { cause: error })
}
