/** What a person should know of their cloud and of the account they use there. Pure. */
import { zunWarning } from '../engines/zun/engine.ts'
import type { Limits } from '../openstack/openstack.ts'

const dayMs = 24 * 3_600_000
const soonDays = 14
/** What running needs and no more. `load-balancer_member` and the like give nothing over machines. */
const modestRoles = new Set(['member', '_member_', 'reader', 'swiftoperator', 'swiftuser', 'creator', 'heat_stack_owner'])
const isModest = (role: string): boolean => modestRoles.has(role.toLowerCase()) || /_(member|observer|reader)$/i.test(role)

export interface Circumstances {
  roles: string[]
  /** ISO 8601; null: does not end */
  expiresAt: string | null
  /** Whether links without a credential can be made for a run's own container. */
  links: boolean
  means: 'application-credential' | 'password'
  engine: 'nova' | 'zun'
  limits: Limits | null
  /** This desk's machines that the limits count as used. */
  own: number
  /** ms */
  now: number
  /** A sentence where the clocks differ. */
  clock: string | null
}

/** When the credential ends, told from fourteen days before. */
export function expiryWarning(expiresAt: string | null, now: number): string | null {
  if (expiresAt === null) return null
  const left = Date.parse(expiresAt) - now
  if (Number.isNaN(left) || left > soonDays * dayMs) return null
  if (left <= 0) return 'This application credential has ended. Make a new one and sign in with it.'
  const days = Math.floor(left / dayMs)
  const when = days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days} days`
  return `This application credential ends ${when}. Make a new one before that and sign in with it.`
}

/** Sentences, the most urgent first. */
export function warningsOf(of: Circumstances): string[] {
  const more = of.roles.filter((role) => !isModest(role))
  const { limits } = of
  const full = limits !== null && limits.instances.max >= 0 && limits.instances.used - of.own >= limits.instances.max
  return [
    expiryWarning(of.expiresAt, of.now),
    full ? 'Others use all machines of this project’s quota; runs for the cloud wait until one is free.' : null,
    of.clock,
    of.links
      ? null
      : 'This cloud makes no links to objects (Swift), so a machine’s token for the archive lies in the cloud’s own records of that machine (user_data) until the run ends.',
    more.length > 0
      ? `This account may do more in the cloud than Scanside needs (${more.slice(0, 3).join(', ')}). Use an account with rights in that project alone.`
      : null,
    of.roles.length > 0 && !of.roles.some((role) => /^(reader|admin|manager)$/i.test(role))
      ? 'This credential came without the role “reader”; many clouds then refuse to list machines and images. Make one with both member and reader.'
      : null,
    of.roles.length > 0 && of.roles.every((role) => /^(reader|observer)$/i.test(role))
      ? 'This account may look at the cloud but start no machine there: it needs the role “member” as well. Ask the cloud’s administrator.'
      : null,
    of.means === 'password'
      ? 'You are signed in with a password. An application credential can be withdrawn by itself: let Scanside make one.'
      : null,
    of.engine === 'zun' ? zunWarning : null,
    'A token of the archive (XNAT) carries all rights of its user. For runs in the cloud sign in to the archive as a user with rights in that project alone.',
  ].filter((sentence) => sentence !== null)
}
