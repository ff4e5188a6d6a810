/** The cloud's part of the contract: signing in to the institute's OpenStack, what it offers, where a run goes, and what is still there. */
import { z } from 'zod'
import { method } from './method.ts'

const line = z.string().max(1_000)
const id = z.string().min(1).max(200)
const nothing = z.void()
const count = z.number().int().nonnegative()

/** Where a run is computed. `auto`: here where offline or small, in the cloud where the queue here is longer than a machine's start. */
export const placeSchema = z.enum(['here', 'cloud', 'auto'])
export type Place = z.infer<typeof placeSchema>

/** -1: without limit */
const quota = z.object({ used: z.number().int(), max: z.number().int() })
export const cloudLimitsSchema = z.object({ instances: quota, cores: quota, ramMiB: quota })

/** What a person chose for the machines; null or `auto`: Scanside chooses. */
export const cloudChoicesSchema = z.object({
  /** Nova's machines, or Zun's containers where the cloud has them. */
  engine: z.enum(['nova', 'zun']),
  /** Glance id of the machine's image; null: none chosen yet. */
  image: id.nullable(),
  /** Null: the smallest that fits the pipeline. */
  flavor: id.nullable(),
  network: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('given'), id }),
    z.object({ kind: z.literal('auto') }),
    z.object({ kind: z.literal('none') }),
  ]),
  zone: z.string().max(200).nullable(),
  /** Machines of this desk at once. */
  maxMachines: z.number().int().min(1).max(50),
})
export type CloudChoices = z.infer<typeof cloudChoicesSchema>

export const cloudStatusSchema = z.object({
  /** `none`: no cloud is set up; `refused`: the credential is not taken any more; `away`: it does not answer, and is asked again. */
  state: z.enum(['none', 'signed-out', 'signing-in', 'ready', 'refused', 'away']),
  /** A sentence: what it is, or what to do. */
  message: line,
  name: z.string().max(200).nullable(),
  /** Keystone's host as shown. */
  host: z.string().max(300).nullable(),
  project: z.string().max(200).nullable(),
  user: z.string().max(200).nullable(),
  /** How it is signed in. A password can be exchanged for an application credential. */
  means: z.enum(['application-credential', 'password']).nullable(),
  expiresAt: z.string().max(40).nullable(),
  /** Whether the secret lies in the OS keyring or in memory alone. */
  kept: z.boolean(),
  has: z.object({ machines: z.boolean(), objects: z.boolean(), containers: z.boolean() }),
  /** Sentences the person should know: no Swift, a credential that ends soon, an account with more rights than needed. */
  warnings: z.array(line).max(20),
  limits: cloudLimitsSchema.nullable(),
  choices: cloudChoicesSchema,
  /** Whether runs can be sent there now. */
  runs: z.boolean(),
  /** Fixed by the site file: nothing to choose. */
  fixed: z.boolean(),
})
export type CloudStatus = z.infer<typeof cloudStatusSchema>

/** An entry of a clouds.yaml, without any secret. */
export const foundCloudSchema = z.object({
  name: z.string().max(200),
  host: z.string().max(300),
  region: z.string().max(200).nullable(),
  project: z.string().max(200).nullable(),
  means: z.enum(['application-credential', 'password']).nullable(),
  /** A sentence where it cannot be used. */
  problem: line.nullable(),
  /** Regions to choose from where the entry names several. */
  regions: z.array(z.string().max(200)).max(100),
})
export type FoundCloud = z.infer<typeof foundCloudSchema>

const secret = z.string().min(1).max(1_000)
export const cloudAuthSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('application-credential'), id, secret }),
  z.object({ kind: z.literal('application-credential-name'), name: id, user: id, userDomain: id, secret }),
  z.object({ kind: z.literal('password'), user: id, userDomain: id, project: id, projectDomain: id, secret }),
])

/** A thing of this installation in the cloud or the archive. */
export const leftThingSchema = z.object({
  kind: z.enum(['server', 'container', 'object-container', 'token']),
  name: z.string().max(300),
  run: z.string().max(200),
  since: z.string().max(40).nullable(),
  /** `working`: a run of this desk uses it; `owed`: nobody does. */
  use: z.enum(['working', 'owed']),
})

export const estimateSchema = z.object({
  /** Seconds until the last result, null where it cannot run there; `why` says why not. */
  here: z.object({ seconds: z.number().nullable(), why: line.nullable() }),
  cloud: z.object({ seconds: z.number().nullable(), why: line.nullable() }),
  /** What `auto` would do, and the reason as a sentence. */
  auto: z.object({ place: z.enum(['here', 'cloud']), why: line }),
})
export type Estimate = z.infer<typeof estimateSchema>

export const cloudMethods = {
  /** Entries of the clouds.yaml this machine has, in the usual places. */
  'cloud.found': method(nothing, z.object({ clouds: z.array(foundCloudSchema).max(200), problem: line.nullable() })),
  /** The same of texts a person chose; they are kept in memory until `cloud.use`. */
  'cloud.read': method(
    z.object({ clouds: z.string().max(1_000_000), secure: z.string().max(1_000_000).nullable() }),
    z.object({ clouds: z.array(foundCloudSchema).max(200) }),
  ),
  /** Signs in with an entry found or read. `exchange`: a password is exchanged for an application credential and forgotten. */
  'cloud.use': method(
    z.object({ name: z.string().max(200), region: z.string().max(200).nullable(), exchange: z.boolean(), remember: z.boolean() }),
    nothing,
  ),
  'cloud.signIn': method(
    z.object({
      authUrl: line,
      region: z.string().max(200).nullable(),
      interface: z.enum(['public', 'internal', 'admin']),
      /** PEM, empty for none. */
      ca: z.string().max(200_000),
      auth: cloudAuthSchema,
      exchange: z.boolean(),
      remember: z.boolean(),
    }),
    nothing,
  ),
  /** `conflict` where machines of this desk are still at work and `force` is false. */
  'cloud.signOut': method(z.object({ force: z.boolean() }), nothing),
  'cloud.refresh': method(nothing, nothing),
  'cloud.offers': method(
    nothing,
    z.object({
      images: z.array(z.object({ id, name: line, fits: z.boolean() })).max(2_000),
      flavors: z.array(z.object({ id, name: line, vcpus: count, ramMiB: count, diskGiB: count })).max(2_000),
      networks: z.array(z.object({ id, name: line })).max(2_000),
      zones: z.array(z.string().max(200)).max(200),
    }),
  ),
  'cloud.choose': method(cloudChoicesSchema, nothing),
  /** What of this installation is in the cloud, and tokens of the archive not withdrawn yet. */
  'cloud.left': method(nothing, z.object({ things: z.array(leftThingSchema).max(2_000) })),
  /** Removes what nobody uses; the same as `runs.payOwed` for the cloud alone. */
  'cloud.clean': method(nothing, z.object({ left: count })),
  /** Puts a pipeline's image into the cloud's object store, for machines that reach no registry. */
  'cloud.sendImage': method(z.object({ pipeline: z.string().max(500) }), z.object({ operation: id })),
  /** How long a run would take here and there, and what `auto` would choose. */
  'runs.estimate': method(
    z.object({ pipeline: z.string().max(500), scans: count.min(1), bytes: count.nullable(), local: z.boolean() }),
    estimateSchema,
  ),
} as const
