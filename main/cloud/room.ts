/** The cloud's room: signing in, what is offered and chosen, the engine runs go to, and what is left there. */
import { ScansideError } from '../../oct/errors.ts'
import type { CloudChoices, CloudStatus } from '../../preload/cloud.ts'
import type { Engine, EngineHealth, OwedThing } from '../engines/engine.ts'
import { identityUrl } from '../openstack/keystone.ts'
import type { Cloud, CloudAccess, CloudConfig, Limits } from '../openstack/openstack.ts'
import { clockWarning } from '../openstack/refusal.ts'
import type { Site } from '../site/site-file.ts'
import type { Lab } from '../store/lab.ts'
import type { Vault } from '../vault/vault.ts'
import { createChoices } from './choices.ts'
import type { CloudRoom } from './cloud.ts'
import { createEntries, type EntryPlaces } from './entries.ts'
import { machinesAtOnce } from './flavor.ts'
import { isCloudEngine, leftInCloud, ownMachines } from './left.ts'
import { askOffers, fits, type Offers, usualFlavor } from './offers.ts'
import { clearSpool, type SentImage, sendImage } from './send-image.ts'
import { createSignIn, type SignInParts } from './sign-in.ts'
import { warningsOf } from './warnings.ts'

export interface CloudRoomParts extends Pick<SignInParts, 'connect' | 'exchange' | 'withdraw' | 'report'>, EntryPlaces {
  site: Site
  vault: Vault
  /** Where config and choices are kept: no secret. */
  settings: Lab['settings']
  /** The engine over a cloud with these choices. */
  engineFor(cloud: Cloud, choices: CloudChoices): Engine
  /** What this installation owes, on every engine. */
  debts(): OwedThing[]
  /** This installation's opaque id. */
  install: string
  /** Runs of this desk that are under way. */
  activeRuns(): ReadonlySet<string>
  /** A pipeline's image, to send it. @throws ScansideError where this desk has none */
  imageOf(pipeline: string, signal: AbortSignal): Promise<SentImage>
  /** A folder for an image on its way. */
  spool: string
  now(): number
}

/** What the last look at the cloud told. */
interface Facts {
  cloud: Cloud
  limits: Limits | null
  own: number
  offers: Offers
}

const hostOf = (authUrl: string): string => {
  try {
    return new URL(authUrl).host
  } catch {
    return authUrl
  }
}

const notSignedIn = () => new ScansideError('unauthorized', 'Nobody is signed in to a cloud at this desk. Sign in and try again.')
const fixedBySite = () =>
  new ScansideError('forbidden', 'The site file of this desk fixes the cloud and its machines. Leave them as they are, or ask your administrator.')

/** Nothing is asked of any cloud before `restore` or a sign-in. */
export function createCloudRoom(parts: CloudRoomParts): CloudRoom {
  const { site, now } = parts
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  const entries = createEntries(parts, site.cloud)
  /** Whether this is the cloud the site file fixes; any is where it fixes none. */
  const isSites = (config: CloudConfig): boolean =>
    site.cloud === null || (identityUrl(config.authUrl) === identityUrl(site.cloud.config.authUrl) && config.region === site.cloud.config.region)
  let facts: Facts | null = null
  let made: { cloud: Cloud; key: string; engines: Map<CloudChoices['engine'], Engine> } | null = null

  /**
   * What the project uses, and how much of that is ours. Machines come and go meanwhile: ours are counted before and after, and the smaller
   * number is taken, so that one that has just gone leaves no room twice.
   */
  const quotaOf = async (cloud: Cloud): Promise<Pick<Facts, 'limits' | 'own'>> => {
    const before = await ownMachines(cloud, parts.install)
    const limits = (await cloud.compute?.limits()) ?? null
    return { limits, own: Math.min(before, await ownMachines(cloud, parts.install)) }
  }
  const learn = async (cloud: Cloud, whole: boolean): Promise<void> => {
    const known = facts?.cloud.id === cloud.id && !whole ? facts.offers : null
    const [quota, offers] = await Promise.all([quotaOf(cloud), known ?? askOffers(cloud)])
    facts = { cloud, ...quota, offers }
  }
  const signIn = createSignIn({
    connect: parts.connect,
    exchange: parts.exchange,
    withdraw: parts.withdraw,
    report: parts.report,
    learn: (cloud, again = false) => learn(cloud, !again),
    vault: parts.vault,
    settings: parts.settings,
    siteAccess: site.cloud?.secret ? { config: site.cloud.config, secret: site.cloud.secret } : null,
    allowed: isSites,
    changed: tell,
  })
  const choices = createChoices(parts.settings, site.cloud?.choices ?? null)
  const factsNow = (): Facts | null => (facts && facts.cloud === signIn.cloud() ? facts : null)
  const hasOf = (cloud: Cloud | null): CloudStatus['has'] => ({
    machines: (cloud?.compute ?? null) !== null,
    objects: (cloud?.objects ?? null) !== null,
    containers: (cloud?.capsules ?? null) !== null,
  })
  const chosen = () => {
    const cloud = signIn.cloud()
    return choices.now(cloud, factsNow()?.offers ?? null, hasOf(cloud))
  }
  /** Whether runs can be sent, and why not. */
  const readiness = (): { runs: boolean; message: string } => {
    const { state, message } = signIn.state()
    if (state !== 'ready') return { runs: false, message }
    const { choices: those, problem } = chosen()
    if (problem !== null) return { runs: false, message: problem }
    if (those.engine === 'nova' && those.image === null)
      return { runs: false, message: `${message} Choose the machine’s image, then runs can be sent there.` }
    return { runs: true, message }
  }
  const configShown = (): CloudConfig | null => signIn.config() ?? site.cloud?.config ?? null

  const status = (): CloudStatus => {
    const { state, kept } = signIn.state()
    const cloud = signIn.cloud()
    const config = configShown()
    const seen = factsNow()
    const { runs, message } = readiness()
    const { choices: those } = chosen()
    const byPassword = config?.auth.kind === 'password'
    const warnings =
      cloud === null
        ? []
        : warningsOf({
            roles: cloud.roles,
            expiresAt: cloud.expiresAt,
            links: (cloud.objects?.tempUrl ?? null) !== null,
            means: byPassword ? 'password' : 'application-credential',
            engine: those.engine,
            limits: seen?.limits ?? null,
            own: seen?.own ?? 0,
            now: now(),
            clock: clockWarning(cloud.clockSkewMs()),
          })
    return {
      state: state === 'none' && config ? 'signed-out' : state,
      message: (state === 'none' && config ? `Nobody is signed in to ${config.name}. Sign in to run there.` : message).slice(0, 1_000),
      name: config?.name.slice(0, 200) ?? null,
      host: config ? hostOf(config.authUrl).slice(0, 300) : null,
      project: (cloud?.project.name ?? (config?.auth.kind === 'password' ? config.auth.project || null : null))?.slice(0, 200) ?? null,
      user: cloud?.user.name.slice(0, 200) ?? null,
      means: config ? (byPassword ? 'password' : 'application-credential') : null,
      expiresAt: cloud?.expiresAt ?? null,
      kept,
      has: hasOf(cloud),
      warnings: warnings.map((sentence) => sentence.slice(0, 1_000)),
      limits: seen?.limits ?? null,
      choices: those,
      runs,
      fixed: site.cloud !== null,
    }
  }

  const neededCloud = (): Cloud => {
    const cloud = signIn.cloud()
    if (!cloud) throw notSignedIn()
    return cloud
  }
  const open = async (access: CloudAccess, how: { exchange: boolean; remember: boolean }) => {
    if (!isSites(access.config)) throw fixedBySite()
    await signIn.open(access, how)
  }

  /** Each kind's engine, the same object while cloud and choices stay. */
  const engineOf = (cloud: Cloud, kind: CloudChoices['engine']): Engine => {
    const those = chosen().choices
    const key = JSON.stringify(those)
    if (made?.cloud !== cloud || made.key !== key) made = { cloud, key, engines: new Map() }
    const engine = made.engines.get(kind) ?? parts.engineFor(cloud, { ...those, engine: kind })
    made.engines.set(kind, engine)
    return engine
  }

  return {
    status,
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    cloud: signIn.cloud,
    engine() {
      const cloud = signIn.cloud()
      return cloud && readiness().runs ? engineOf(cloud, chosen().choices.engine) : null
    },
    engines() {
      const cloud = signIn.cloud()
      if (!cloud || signIn.state().state !== 'ready') return []
      const kinds: CloudChoices['engine'][] = [...(cloud.compute ? ['nova' as const] : []), ...(cloud.capsules ? ['zun' as const] : [])]
      return kinds.map((kind) => engineOf(cloud, kind))
    },
    health() {
      const config = configShown()
      if (!config) return null
      const cloud = signIn.cloud()
      const { state } = signIn.state()
      const { runs, message } = readiness()
      const { engine } = chosen().choices
      const states: Record<CloudStatus['state'], EngineHealth['state']> = {
        none: 'not-installed',
        'signed-out': 'not-running',
        'signing-in': 'unknown',
        ready: runs ? 'ready' : 'refused',
        refused: 'refused',
        away: 'not-running',
      }
      return {
        state: states[state],
        message,
        kind: engine,
        version: (engine === 'nova' ? cloud?.compute?.microversion : cloud?.capsules?.microversion) ?? null,
        remote: true,
        endpoint: hostOf(config.authUrl),
        dataRoot: 'not-known',
        inputKinds: ['archive'],
      }
    },
    concurrency(need) {
      const { choices: those } = chosen()
      const seen = factsNow()
      // Zun has no limits to read: its containers are counted by the person's number alone.
      const limits = those.engine === 'nova' ? (seen?.limits ?? null) : null
      return machinesAtOnce({ max: those.maxMachines, limits, flavor: seen && usualFlavor(those, seen.offers, need), own: seen?.own ?? 0 })
    },
    found: entries.found,
    read: entries.read,
    async use({ name, region, exchange, remember }) {
      await open(await entries.access(name, region), { exchange, remember })
      entries.forget()
    },
    async signIn(input) {
      await open(entries.ofForm(input), { exchange: input.exchange, remember: input.remember })
    },
    async signOut({ force, working }) {
      if (working > 0 && !force) {
        throw new ScansideError(
          'conflict',
          `${working === 1 ? 'A machine of this desk is' : `${working} machines of this desk are`} at work in the cloud. Wait for it, or sign out all the same: what they leave is removed after the next sign-in.`,
          { working },
        )
      }
      const name = configShown()?.name ?? 'the cloud'
      const owed = parts.debts().filter(({ engine }) => isCloudEngine(engine)).length
      await signIn.end(
        [
          `Signed out of ${name}.`,
          owed === 0
            ? null
            : `${owed === 1 ? 'One thing in this cloud is' : `${owed} things in this cloud are`} still owed; sign in again to remove ${owed === 1 ? 'it' : 'them'}.`,
          signIn.isOwnMake()
            ? 'The application credential Scanside made stays valid until its end: delete it in the cloud’s own pages if this desk is given away.'
            : null,
        ]
          .filter((sentence) => sentence !== null)
          .join(' '),
      )
      facts = null
      made = null
      tell()
    },
    refresh: () => signIn.look((cloud) => learn(cloud, true)),
    async offers() {
      const cloud = neededCloud()
      await learn(cloud, true)
      tell()
      const { images, flavors, networks, zones } = factsNow()?.offers ?? (await askOffers(cloud))
      const short = <T extends { id: string; name: string }>(list: T[]) =>
        list.slice(0, 2_000).map((each) => ({ ...each, name: (each.name || each.id).slice(0, 1_000) }))
      return {
        images: short(images).map((image) => ({ id: image.id, name: image.name, fits: fits(image) })),
        flavors: short(flavors),
        networks: short(networks).map(({ id, name }) => ({ id, name })),
        zones: zones.slice(0, 200),
      }
    },
    async choose(wanted) {
      if (site.cloud !== null) throw fixedBySite()
      const cloud = neededCloud()
      const offers = factsNow()?.offers ?? (await askOffers(cloud))
      choices.set(wanted, cloud, offers, hasOf(cloud))
      tell()
    },
    left: async () => ({
      things: await leftInCloud({
        cloud: signIn.state().state === 'ready' ? signIn.cloud() : null,
        install: parts.install,
        debts: parts.debts(),
        active: parts.activeRuns(),
      }),
    }),
    async sendImage(pipeline, signal, report) {
      const { objects } = neededCloud()
      if (!objects) {
        throw new ScansideError(
          'not-supported',
          'This cloud has no object store (Swift), so images cannot be sent there. Put them into a registry the machines reach, or into their own image.',
        )
      }
      return sendImage({ objects, image: await parts.imageOf(pipeline, signal), folder: parts.spool }, signal, report)
    },
    async restore() {
      await clearSpool(parts.spool).catch(parts.report)
      await signIn.restore()
    },
    async tick() {
      // A credential that was refused is not tried every minute: accounts get locked that way. A person's refresh tries it.
      if (signIn.state().state === 'refused') return
      await signIn.look((cloud) => learn(cloud, factsNow() === null))
    },
    close: signIn.close,
  }
}
