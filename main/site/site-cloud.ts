/** The site file's `cloud`: the institute's OpenStack, the same for every desk. Its secret never stands there. */
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import { certificatesIn, regionOf } from '../cloud/entries.ts'
import type { WrittenChoices } from '../cloud/offers.ts'
import { commandsLabel, type EngineImage } from '../engines/docker/images.ts'
import { allowedUrl } from '../http/address.ts'
import { type CloudEntry, readClouds } from '../openstack/clouds-yaml.ts'
import { identityUrl } from '../openstack/keystone.ts'
import type { CloudConfig } from '../openstack/openstack.ts'
import { parseCommands } from '../pipelines/command.ts'

export interface SiteCloud {
  /** Where each desk signs in. `auth` says how where the file does; else each person's own sign-in takes its place. */
  config: CloudConfig
  /** The project machines belong to, to show; null where the sign-in decides. */
  project: string | null
  /** From the secure.yaml beside the site file; null where each desk signs in once by itself. */
  secret: string | null
  choices: WrittenChoices
  /** Images that run in the cloud although no engine of a desk has them. */
  pipelines: EngineImage[]
}

const text = (what: string, most = 200) =>
  z
    .string({ error: `must be ${what} in double quotes` })
    .min(1, { error: 'must not be empty' })
    .max(most, { error: 'is too long' })
const words = (what: string) => z.array(z.string({ error: `must be ${what}` }).max(1_000, { error: 'is too long' }), { error: `must be ${what}` })

const pipelineSchema = z.strictObject(
  {
    /** As a registry or the machine’s image calls it. */
    name: text('the image’s name', 500),
    digest: z
      .string({ error: 'must be text in double quotes' })
      .regex(/^[0-9a-f]{64}$/, { error: 'must be the digest over the image’s layers, 64 hex digits, as Scanside shows it' }),
    /** What the image’s label org.nrg.commands holds. */
    commands: z.array(z.record(z.string(), z.unknown()), { error: 'must be the list the image’s label org.nrg.commands holds' }),
    entrypoint: words('the image’s entry point, a list of words').max(100, { error: 'has too many entries' }).optional(),
    labels: z.record(z.string(), z.string(), { error: 'must be the image’s other labels: { "name": "value" }' }).optional(),
  },
  { error: 'must be a list of images: [{ "name": "…", "digest": "…", "commands": […] }]' },
)

export const siteCloudSchema = z
  .strictObject(
    {
      /** The entry’s name in `file`, or what people here call the cloud. */
      name: text('the cloud’s name'),
      /** A clouds.yaml beside the site file. */
      file: text('the name of a clouds.yaml beside the site file', 500).optional(),
      authUrl: text('the address of the cloud’s sign-in', 1_000)
        .refine(isIdentityUrl, { error: 'must be an address that begins with https://' })
        .optional(),
      region: text('the region’s name').optional(),
      interface: z.enum(['public', 'internal', 'admin'], { error: 'must be "public", "internal" or "admin"' }).optional(),
      /** PEM text, or the name of a PEM file beside the site file. */
      ca: text('the CA certificate', 200_000).optional(),
      project: text('the project’s name').optional(),
      projectDomain: text('the name of the project’s domain').optional(),
      userDomain: text('the name of the users’ domain').optional(),
      engine: z.enum(['nova', 'zun'], { error: 'must be "nova" (machines) or "zun" (containers)' }).optional(),
      image: text('the name or id of the machines’ image').optional(),
      flavor: text('the name or id of a flavor').optional(),
      network: text('"auto", "none", or the name or id of a network').optional(),
      zone: text('the name of an availability zone').optional(),
      maxMachines: z
        .number({ error: 'must be a number from 1 to 50' })
        .int({ error: 'must be a number from 1 to 50' })
        .min(1, { error: 'must be a number from 1 to 50' })
        .max(50, { error: 'must be a number from 1 to 50' })
        .optional(),
      pipelines: z
        .array(pipelineSchema, { error: 'must be a list of images: [{ "name": "…", "digest": "…", "commands": […] }]' })
        .max(100, { error: 'has too many entries' })
        .optional(),
    },
    { error: 'must be the cloud’s part in braces: { "name": "…", "file": "clouds.yaml", "image": "…" }' },
  )
  .refine(({ file, authUrl }) => (file === undefined) !== (authUrl === undefined), { error: 'must have either "file" or "authUrl"' })
  .refine(({ engine, image }) => engine === 'zun' || image !== undefined, { error: 'must name the machines’ "image"' })

export type WrittenCloud = z.infer<typeof siteCloudSchema>

function isIdentityUrl(written: string): boolean {
  try {
    allowedUrl(identityUrl(written))
    return true
  } catch {
    return false
  }
}

const secretKeys = /secret|password|token|passwd/i
const deepest = 10

/**
 * Where a secret stands in the site file's cloud, whatever else is wrong with it; null where there is none. Labels and commands of images are
 * passed over: their inputs may be called so.
 */
export function secretIn(written: unknown, at: string[] = ['cloud']): string[] | null {
  if (typeof written !== 'object' || written === null || Array.isArray(written) || at.length > deepest) return null
  for (const [key, value] of Object.entries(written)) {
    const path = [...at, key]
    if (secretKeys.test(key)) return path
    const inner = key === 'pipelines' ? null : secretIn(value, path)
    if (inner) return inner
  }
  return null
}
export const secretRefused =
  'is a secret, and a site file is read by everybody. Take it out (and make a new one): each desk signs in once by itself, or it stands in a secure.yaml beside the site file that only its users may read'

/** What is wrong, and where in the site file. */
export interface CloudMistake {
  path: PropertyKey[]
  mistake: string
}

const without = (error: unknown): string => {
  if (error instanceof ScansideError) return error.message.replace(/\.$/, '')
  throw error
}

/** Reads what it names beside the site file. */
export async function readSiteCloud(written: WrittenCloud, readBeside: (name: string) => Promise<string | null>): Promise<SiteCloud | CloudMistake> {
  const wrong = (key: keyof WrittenCloud, mistake: string): CloudMistake => ({ path: ['cloud', key], mistake })
  const beside = (name: string) => readBeside(name).catch(() => null)
  const folderOf = (name: string) => name.replace(/[^/\\]*$/, '')
  const { name, file } = written

  let entry: CloudEntry | null = null
  if (file !== undefined) {
    const content = await beside(file)
    if (content === null) return wrong('file', '"file" names a clouds.yaml that is not there or cannot be read')
    try {
      entry = readClouds(content, await beside(`${folderOf(file)}secure.yaml`)).find((each) => each.name === name) ?? null
    } catch (error) {
      return wrong('file', without(error))
    }
    if (!entry) return wrong('name', `the clouds.yaml has no entry with the name "${name.slice(0, 100)}"`)
    if (entry.problem !== null || entry.config === null) return wrong('name', `in the clouds.yaml: ${entry.problem?.replace(/\.$/, '') ?? ''}`)
  }

  let region: string | null
  try {
    region = regionOf(entry ?? { name, config: null, regions: [] }, written.region ?? null)
  } catch (error) {
    return wrong(written.region === undefined ? 'name' : 'region', without(error))
  }
  const named = written.ca ?? entry?.cacert ?? null
  let ca: string[] = []
  if (named !== null) {
    const key = written.ca === undefined ? 'file' : 'ca'
    const pem = named.includes('-----BEGIN') ? named : await beside(written.ca === undefined && file ? inFolder(folderOf(file), named) : named)
    if (pem === null) return wrong(key, 'the CA certificate it names is not there or cannot be read')
    try {
      ca = certificatesIn(pem, 'the CA certificate')
    } catch (error) {
      return wrong(key, without(error))
    }
  }

  const pipelines: EngineImage[] = []
  for (const [index, { name: image, digest, commands, entrypoint, labels }] of (written.pipelines ?? []).entries()) {
    const label = JSON.stringify(commands)
    try {
      parseCommands(label)
    } catch (error) {
      return { path: ['cloud', 'pipelines', index, 'commands'], mistake: `"commands" cannot be used: ${without(error)}` }
    }
    pipelines.push({
      id: `cloud:${digest.slice(0, 24)}`,
      names: [image],
      digest,
      architecture: 'amd64',
      os: 'linux',
      labels: { ...labels, [commandsLabel]: label },
      entrypoint: entrypoint ?? [],
      cmd: [],
    })
  }

  const userDomain = written.userDomain ?? 'default'
  const project = written.project ?? entry?.project ?? null
  return {
    config: {
      name,
      authUrl: entry?.config?.authUrl ?? identityUrl(written.authUrl ?? ''),
      region,
      interface: written.interface ?? entry?.config?.interface ?? 'public',
      ca,
      // A hint for the form where the file does not say how: each person writes their own.
      auth: entry?.config?.auth ?? {
        kind: 'password',
        user: '',
        userDomain,
        project: project ?? '',
        projectDomain: written.projectDomain ?? userDomain,
      },
    },
    project,
    secret: entry?.secret ?? null,
    choices: {
      engine: written.engine ?? null,
      image: written.image ?? null,
      flavor: written.flavor ?? null,
      network: written.network ?? null,
      zone: written.zone ?? null,
      maxMachines: written.maxMachines ?? null,
    },
    pipelines,
  }
}

const inFolder = (folder: string, named: string): string => (/^([A-Za-z]:)?[\\/]/.test(named) ? named : `${folder}${named}`)
