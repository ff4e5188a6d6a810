/** What the network's answers mean: archive, its certificate, the clock, the cloud. Pure; hosts and names stay out of what they answer. */
import type { CloudStatus } from '../../preload/cloud.ts'
import type { Check, checkCodes } from '../../preload/diagnostics.ts'

const made =
  <Id extends Check['id']>(id: Id) =>
  (state: Check['state'], code: (typeof checkCodes)[Id][number], message: string, step: string | null = null, facts: Check['facts'] = {}): Check => ({
    id,
    state,
    code,
    facts,
    message,
    step,
  })

/** What a round trip to the archive came to. */
export type ArchiveFound =
  | { kind: 'signed-out' }
  | { kind: 'answered'; ms: number; version: string }
  | { kind: 'refused' }
  | { kind: 'untrusted' }
  | { kind: 'away' }

/** ms a round trip may take before somebody should know. */
export const slowMs = 3_000

export function judgeArchive(found: ArchiveFound): Check {
  const check = made('archive')
  if (found.kind === 'signed-out') return check('none', 'signed-out', 'Nobody is signed in to an archive.')
  if (found.kind === 'refused')
    return check('problem', 'expired', 'The archive answers but does not take this sign-in any more.', 'Sign in again; nothing was lost.')
  if (found.kind === 'untrusted')
    return check('problem', 'untrusted', 'The archive’s certificate is not trusted here, so nothing is sent.', 'See the certificate below.')
  if (found.kind === 'away')
    return check(
      'problem',
      'away',
      'The archive cannot be reached. Work goes on; results wait here.',
      'Check the network and the VPN, then look again.',
    )
  const facts = { ms: Math.round(found.ms), version: found.version }
  const named = found.version === '' ? 'The archive' : `XNAT ${found.version}`
  if (found.ms > slowMs)
    return check('attention', 'slow', `${named} answers after ${facts.ms} ms.`, 'Look again; if it stays, tell the archive’s administrator.', facts)
  return check('ok', 'answers', `${named} answers after ${facts.ms} ms.`, null, facts)
}

/** What the archive shows of itself at a TLS connection. `code`: OpenSSL's word on what is wrong with it, empty where nothing is. */
export type CertificateFound =
  | { kind: 'no-archive' }
  | { kind: 'not-encrypted' }
  | { kind: 'not-seen' }
  | { kind: 'seen'; code: string; validFrom: number; validTo: number; issuer: 'system' | 'site' }

/** Days before its end at which somebody should see to a new one. */
export const soonDays = 30
const dayMs = 86_400_000

/** @param now ms */
export function judgeCertificate(found: CertificateFound, now: number): Check {
  const check = made('certificate')
  if (found.kind === 'no-archive') return check('none', 'no-archive', 'No archive is set, so there is no certificate to look at.')
  if (found.kind === 'not-encrypted') return check('none', 'not-encrypted', 'The archive is on this computer itself and uses no certificate.')
  if (found.kind === 'not-seen')
    return check('attention', 'not-seen', 'The archive showed no certificate.', 'Check the network and the VPN, then look again.')
  const days = Math.floor((found.validTo - now) / dayMs)
  const facts = { days, issuer: found.issuer }
  const { code } = found
  if (code === 'CERT_HAS_EXPIRED' || found.validTo < now)
    return check(
      'problem',
      'expired',
      'The archive’s certificate has expired.',
      'Tell the archive’s administrator; check this computer’s clock.',
      facts,
    )
  if (code === 'CERT_NOT_YET_VALID' || found.validFrom > now)
    return check('problem', 'not-yet-valid', 'The archive’s certificate is not valid yet.', 'Check this computer’s clock.', facts)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const message = 'The certificate is for another name: this may not be the archive.'
    return check('problem', 'wrong-name', message, 'Check the archive’s address; tell its administrator.', facts)
  }
  if (code !== '') {
    const message = 'Nobody this computer trusts has issued the archive’s certificate.'
    return check('problem', 'untrusted', message, 'If it is your institute’s own, have its CA certificate put into the site file.', {
      ...facts,
      why: code,
    })
  }
  const by = found.issuer === 'site' ? 'the site file’s authority' : 'an authority this computer trusts'
  if (days < soonDays) {
    const message = `The archive’s certificate, issued by ${by}, ends in ${days === 1 ? 'one day' : `${days} days`}.`
    return check('attention', 'ends-soon', message, 'Tell the archive’s administrator.', facts)
  }
  return check('ok', 'valid', `The archive’s certificate is issued by ${by} and valid for ${days} days.`, null, facts)
}

/** How far this clock is ahead of a server's, ms. A `Date` header has whole seconds: half of one is its middle. */
export const skewMs = (dateHeader: string | undefined, sentAt: number, heardAt: number): number | null => {
  const server = Date.parse(dateHeader ?? '')
  return Number.isNaN(server) ? null : (sentAt + heardAt) / 2 - (server + 500)
}

/** Seconds. Tokens are given for times, and a session's date is this clock's. */
export const clockLimits = { off: 60, wrong: 300 } as const

/** @param skews ms by which this clock is ahead of each that has told its time */
export function judgeClock(skews: { archive: number | null; cloud: number | null }): Check {
  const check = made('clock')
  const known = (['archive', 'cloud'] as const).flatMap((against) => {
    const skew = skews[against]
    return skew === null ? [] : [{ against, skew }]
  })
  const [worst] = known.sort((a, b) => Math.abs(b.skew) - Math.abs(a.skew))
  if (!worst) return check('none', 'not-known', 'No server has told its time, so this clock could not be compared.')
  const seconds = Math.round(Math.abs(worst.skew) / 1000)
  const facts = { seconds, against: worst.against, direction: worst.skew >= 0 ? 'ahead' : 'behind' }
  const said = `This computer’s clock is ${seconds} s ${worst.skew >= 0 ? 'ahead of' : 'behind'} the ${worst.against}’s`
  const step = 'Have this computer set its clock by the network (NTP).'
  if (seconds > clockLimits.wrong)
    return check('problem', 'wrong', `${said}: sign-ins end too early or are refused, and dates are wrong.`, step, facts)
  if (seconds > clockLimits.off) return check('attention', 'off', `${said}.`, step, facts)
  return check('ok', 'right', `This clock agrees with the ${worst.against}’s within ${seconds} s.`, null, facts)
}

export function judgeCloud({ state, runs, warnings }: Pick<CloudStatus, 'state' | 'runs'> & { warnings: number }): Check {
  const check = made('cloud')
  if (state === 'none') return check('none', 'no-cloud', 'No cloud is set up at this desk.')
  if (state === 'signed-out')
    return check('attention', 'signed-out', 'Nobody is signed in to the cloud.', 'Sign in under Settings if runs are to go there.')
  if (state === 'refused') return check('problem', 'refused', 'The cloud does not take this sign-in.', 'Sign in to the cloud again.')
  if (state === 'away' || state === 'signing-in')
    return check('problem', 'away', 'The cloud cannot be reached.', 'Check the network and the VPN, then look again.')
  if (!runs)
    return check(
      'attention',
      'not-ready',
      'The cloud answers, but no runs can be sent there yet.',
      'Choose image and machine in the cloud’s settings.',
    )
  if (warnings > 0) {
    const message = `The cloud is ready, with ${warnings === 1 ? 'one warning' : `${warnings} warnings`}.`
    return check('attention', 'warned', message, 'Read them in the cloud’s settings.', { warnings })
  }
  return check('ok', 'ready', 'The cloud is ready for runs.')
}
