/** What XNAT's refusals mean. Its bodies are Restlet's or Tomcat's HTML pages: they are searched for known words and never shown. */
import { ScansideError } from '../../oct/errors.ts'

/** What is known of an answer when it is judged. `text` is the beginning of its body. */
export interface Answer {
  status: number
  /** Path after redirects: XNAT sends people with an expired password to a page of its own. */
  path: string
  text: string
  host: string
  /** What its Retry-After asks for, ms; left out where it asks for nothing. */
  retryAfterMs?: number
}

const changePasswordPage = /XDATScreen_UpdateUser/i
const loginPage = /\/app\/template\/Login\.vm/i

export const notAnXnat = (host: string, status: number): ScansideError =>
  new ScansideError('invalid-argument', `${host} answers, but it is not an XNAT archive. Check the address; nothing was sent but the question.`, {
    reason: 'not-an-xnat',
    host,
    status,
  })

/** For those who ask again: how much patience the archive wants. */
const patience = ({ retryAfterMs }: Answer) => (retryAfterMs === undefined ? {} : { retryAfterMs })

const busy = (answer: Answer): ScansideError =>
  new ScansideError('unreachable', `The archive ${answer.host} is busy and asks for patience. Nothing was lost; try again in a while.`, {
    reason: 'busy',
    host: answer.host,
    status: answer.status,
    ...patience(answer),
  })

const serverFault = (answer: Answer): ScansideError => {
  const { host, status, text } = answer
  if (status === 507 || /no space left|disk (?:is )?full|not enough space/i.test(text)) {
    const sentence = `The archive ${host} has no space left. Nothing was lost here; tell its administrator, then try again.`
    return new ScansideError('disk-full', sentence, { host, status })
  }
  const sentence = `The archive ${host} reports a fault of its own. Nothing was lost here; try again, and tell its administrator if it stays.`
  return new ScansideError('unreachable', sentence, { reason: 'server-fault', host, status, ...patience(answer) })
}

/** Why a sign-in was refused: wrong password, expired password, locked, disabled, no right, not an XNAT, or a fault of the server. */
export const signInRefusal = (answer: Answer, means: 'password' | 'token'): ScansideError => {
  const { status, path, text, host } = answer
  if (changePasswordPage.test(path) || (status === 403 && /expired/i.test(text))) {
    return new ScansideError(
      'forbidden',
      `Your password at ${host} has expired. Set a new one on the archive’s own web page, then sign in here with it.`,
      { reason: 'password-expired', host, status },
    )
  }
  if ((status === 401 || status === 403) && /\block(?:ed|out)?\b/i.test(text)) {
    return new ScansideError(
      'forbidden',
      `Your account at ${host} is locked after too many wrong passwords. It opens again after a while (an hour, as a rule), or ask the administrator.`,
      { reason: 'locked', host, status },
    )
  }
  if ((status === 401 || status === 403) && /\b(?:disabled|not enabled|not (?:been )?verified|inactive)\b/i.test(text)) {
    return new ScansideError('forbidden', `Your account at ${host} is not switched on. Ask the archive’s administrator.`, {
      reason: 'disabled',
      host,
      status,
    })
  }
  if (status === 401 || loginPage.test(path)) {
    return means === 'password'
      ? new ScansideError('unauthorized', `${host} does not know this user with this password. Check both; capitals count.`, {
          reason: 'wrong-password',
          host,
          status,
        })
      : new ScansideError(
          'unauthorized',
          `${host} does not accept this token: it has expired, was withdrawn, or was not copied whole. Issue a new one.`,
          {
            reason: 'wrong-token',
            host,
            status,
          },
        )
  }
  if (status === 403) {
    return new ScansideError(
      'forbidden',
      `${host} knows you, but does not let this account sign in from programs. Ask the archive’s administrator.`,
      {
        reason: 'no-right',
        host,
        status,
      },
    )
  }
  if (status === 429) return busy(answer)
  if (status >= 500) return serverFault(answer)
  return notAnXnat(host, status)
}

/** Why a data request was refused. `what` names the thing for the person: `this session`. */
export const dataRefusal = (answer: Answer, what: string): ScansideError => {
  const { status, host } = answer
  if (status === 403) {
    return new ScansideError(
      'forbidden',
      `The archive does not let your account do this with ${what}. Nothing was changed; ask the project’s owner.`,
      {
        host,
        status,
      },
    )
  }
  if (status === 404) {
    return new ScansideError(
      'not-found',
      `The archive has no such thing as ${what}, or your account may not see it. It may have been moved or renamed.`,
      {
        host,
        status,
      },
    )
  }
  if (status === 409)
    return new ScansideError('conflict', `The archive refuses, because ${what} has changed meanwhile. Load the list again.`, { host, status })
  if (status === 429) return busy(answer)
  if (status >= 500) return serverFault(answer)
  return new ScansideError('not-supported', `The archive did not understand the request for ${what}. Nothing was changed.`, { host, status })
}
