/** Who is signed in to which cloud: the credential, how it is kept, and whether the cloud answers. */
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import type { CloudStatus } from '../../preload/cloud.ts'
import type { Cloud, CloudAccess, CloudConfig } from '../openstack/openstack.ts'
import type { Lab } from '../store/lab.ts'
import type { Vault } from '../vault/vault.ts'

const secretName = 'cloud-secret'
const configName = 'cloud-config'

const line = z.string().min(1).max(1_000)
/** A config as it is kept between starts: no secret. */
const cloudConfigSchema = z.object({
  name: line,
  authUrl: line,
  region: line.nullable(),
  interface: z.enum(['public', 'internal', 'admin']),
  ca: z.array(z.string().max(200_000)).max(100),
  auth: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('application-credential'), id: line }),
    z.object({ kind: z.literal('application-credential-name'), name: line, user: line, userDomain: line }),
    z.object({ kind: z.literal('password'), user: line, userDomain: line, project: line, projectDomain: line }),
  ]),
})

/** The application credential that Scanside made with a password and uses now: its id alone. */
const madeName = 'cloud-credential-made'

/** What refuses the credential itself; after anything else the cloud is asked again: gateways in maintenance answer all kinds of things. */
const isRefused = (error: unknown): boolean => error instanceof ScansideError && (error.code === 'unauthorized' || error.code === 'forbidden')

const sentenceOf = (error: unknown): string =>
  error instanceof ScansideError ? error.message : 'Something went wrong inside Scanside while it asked the cloud. It asks again in a minute.'

export interface SignInParts {
  /** Signs in; rejects as `Cloud` does. */
  connect(access: CloudAccess, signal?: AbortSignal): Promise<Cloud>
  /** Makes an application credential with a password. */
  exchange(access: CloudAccess): Promise<CloudAccess>
  /** Withdraws what this desk made with its owner's password, now or earlier, but `except`. */
  withdraw(owner: CloudAccess, except: string | null): Promise<void>
  /** Hears of what nobody expected, for main's log. */
  report(error: unknown): void
  /** Looks at what the cloud has; rejects where this account may not. `again`: a moment after the same was seen with another credential. */
  learn(cloud: Cloud, again?: boolean): Promise<unknown>
  vault: Vault
  settings: Lab['settings']
  /** What the site's files give every desk: its secret lies there, not in this person's keyring. Null where a person signs in. */
  siteAccess: CloudAccess | null
  /** Whether what is kept may be used here: a site file that fixes another cloud says no. */
  allowed(config: CloudConfig): boolean
  changed(): void
}

export interface SignIn {
  state(): Pick<CloudStatus, 'state' | 'message' | 'kept'>
  /** What is known of the cloud, also after signing out; null before the first sign-in. */
  config(): CloudConfig | null
  /** The cloud somebody is signed in to, also while it is away. */
  cloud(): Cloud | null
  /** Rejects with the cloud's sentence; then everything is as before. */
  open(access: CloudAccess, how: { exchange: boolean; remember: boolean }): Promise<void>
  /** Takes the secret out of the vault and signs in. Never rejects. */
  restore(): Promise<void>
  /** Asks with `ask` whether the cloud is there; one that never answered since the start is signed in to first. Never rejects. */
  look(ask: (cloud: Cloud) => Promise<unknown>): Promise<void>
  /** Ends Keystone's token and forgets the secret. `said` is the status afterwards. */
  end(said: string): Promise<void>
  /** Whether the credential in use was made here: it cannot delete itself, and stays in the cloud until its end. */
  isOwnMake(): boolean
  /** At the application's end: Keystone's token ends, the credential stays where it is kept. */
  close(): Promise<void>
}

const known = (settings: Lab['settings']): CloudConfig | null => {
  try {
    return cloudConfigSchema.parse(JSON.parse(settings.get(configName) ?? 'null'))
  } catch {
    return null
  }
}

/** Nothing is asked of any cloud before `restore` or `open`. */
export function createSignIn(parts: SignInParts): SignIn {
  const { vault, settings } = parts
  const noCloud = { state: 'none' as const, message: 'No cloud is set up at this desk.', kept: false }
  let state: Pick<CloudStatus, 'state' | 'message' | 'kept'> = noCloud
  let config: CloudConfig | null = null
  let cloud: Cloud | null = null
  /** What a cloud that was away at the start is signed in to with once it is back. */
  let waiting: CloudAccess | null = null
  /** Sign-ins come one after the other, and a look that began before one says nothing of the next. */
  let life = 0
  let looking: Promise<void> | null = null

  const become = (next: typeof state) => {
    state = next
    parts.changed()
  }
  const ready = (there: Cloud, kept: boolean) => {
    cloud = there
    config = there.config
    waiting = null
    become({ state: 'ready', message: `Signed in to ${there.config.name}, project ${there.project.name}.`, kept })
  }
  const failed = (error: unknown, kept: boolean) => {
    become({ state: isRefused(error) ? 'refused' : 'away', message: sentenceOf(error), kept })
  }

  const connectAgain = async (access: CloudAccess, kept: boolean) => {
    const mine = ++life
    waiting = access
    config = access.config
    become({ state: 'signing-in', message: `Signing in to ${access.config.name} …`, kept })
    try {
      const there = await parts.connect(access)
      if (mine !== life) {
        await there.close()
        return
      }
      cloud = there
      try {
        await parts.learn(there)
      } finally {
        // Somebody else signed in meanwhile.
        if (cloud !== there) await there.close()
      }
      if (mine === life) ready(there, kept)
    } catch (error) {
      if (mine === life) failed(error, kept)
    }
  }

  /** From a password to a credential of Scanside's own; one made before with this password's account is withdrawn. */
  const exchanged = async (owner: CloudAccess, byPassword: Cloud): Promise<{ made: CloudAccess; cloud: Cloud }> => {
    const made = await parts.exchange(owner)
    const id = made.config.auth.kind === 'application-credential' ? made.config.auth.id : null
    let there: Cloud | null = null
    try {
      there = await parts.connect(made)
      await parts.learn(there, true)
      settings.set(madeName, id)
    } catch (error) {
      await there?.close()
      await withdrawn(owner, null)
      throw error
    }
    await withdrawn(owner, id)
    // The password's own token ends here; after this the password is known to nobody.
    await byPassword.close()
    return { made, cloud: there }
  }
  /** Never rejects: what stays is found again at the next exchange. */
  const withdrawn = (owner: CloudAccess, except: string | null) => parts.withdraw(owner, except).catch(parts.report)

  return {
    state: () => state,
    config: () => config,
    cloud: () => cloud,
    async open(access, { exchange, remember }) {
      const before = { state, config, cloud, waiting }
      const mine = ++life
      become({ state: 'signing-in', message: `Signing in to ${access.config.name} …`, kept: false })
      let there: Cloud | null = null
      try {
        there = await parts.connect(access)
        await parts.learn(there)
        let used = access
        if (exchange && access.config.auth.kind === 'password') {
          const { made, cloud: opened } = await exchanged(access, there)
          used = made
          there = opened
        }
        if (mine !== life) throw new ScansideError('cancelled', 'Another sign-in was begun meanwhile; this one was given up.')
        let kept = false
        if (remember) {
          kept = (await vault.set(secretName, used.secret)).kept
          settings.set(configName, JSON.stringify(used.config))
        } else {
          await vault.delete(secretName)
          settings.set(configName, null)
        }
        ready(there, kept)
        if (before.cloud && before.cloud !== there) await before.cloud.close()
      } catch (error) {
        if (there && there !== cloud) await there.close()
        if (mine === life) {
          waiting = before.waiting
          // What was interrupted by this one is begun again by the next look.
          const interrupted = before.state.state === 'signing-in'
          become(
            interrupted
              ? { ...before.state, state: 'away', message: 'Signing in to the cloud was interrupted. It is tried again in a minute.' }
              : before.state,
          )
        }
        throw error
      }
    },
    async restore() {
      if (parts.siteAccess) return connectAgain(parts.siteAccess, true)
      const kept = known(settings)
      if (kept === null || !parts.allowed(kept)) return
      const secret = await vault.get(secretName)
      config = kept
      if (secret === null) {
        become({ state: 'signed-out', message: `Nobody is signed in to ${kept.name}. Sign in to run there.`, kept: false })
        return
      }
      await connectAgain({ config: kept, secret }, true)
    },
    look(ask) {
      looking ??= (async () => {
        if (cloud === null && waiting && state.state !== 'signing-in') await connectAgain(waiting, state.kept)
        const there = cloud
        if (there === null || state.state === 'signing-in') return
        const mine = life
        const { kept } = state
        try {
          await ask(there)
          if (mine === life && state.state !== 'ready') ready(there, kept)
          else if (mine === life) parts.changed()
        } catch (error) {
          if (mine === life) failed(error, kept)
        }
      })().finally(() => {
        looking = null
      })
      return looking
    },
    async end(said) {
      life++
      const there = cloud
      cloud = null
      waiting = null
      await vault.delete(secretName)
      become(config ? { state: 'signed-out', message: said, kept: false } : noCloud)
      await there?.close()
    },
    isOwnMake: () => {
      const { auth } = config ?? {}
      return auth?.kind === 'application-credential' && settings.get(madeName) === auth.id
    },
    async close() {
      life++
      await cloud?.close()
    },
  }
}
