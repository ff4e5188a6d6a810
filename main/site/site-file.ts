/**
 * The site file: what a lab's administrator fixes for every desk. A mistake in it is told with its line; Scanside starts all the same and
 * uses nothing of a file that is not whole.
 */
import { X509Certificate } from 'node:crypto'
import path from 'node:path'
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import { type Profile, parseProfile } from '../../oct/quality/profile.ts'
import type { Retention } from '../../preload/diagnostics.ts'
import { archiveAddress } from '../archive/address.ts'
import { splitPem } from '../http/trust.ts'
import { pinHashPattern } from '../people/pin.ts'
import { JsonMistake, type JsonWithLines, parseJsonWithLines } from './json-lines.ts'
import { readSiteCloud, type SiteCloud, secretIn, secretRefused, siteCloudSchema } from './site-cloud.ts'
import { isRecoveryKey, readRetention, retentionSchema, usualRetention } from './site-keeping.ts'

const text = z.string({ error: 'must be text in double quotes' })

const peopleSchema = z
  .array(
    z.strictObject(
      {
        id: text.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: 'must be letters, digits, dots and hyphens: "jk"' }),
        name: text.min(1, { error: 'must not be empty' }).max(200, { error: 'is too long' }),
        pin: text.regex(pinHashPattern, { error: 'must be the text that "npm run pin" prints, never the PIN itself' }).optional(),
      },
      { error: 'must be a list of people: [{ "id": "jk", "name": "J. K." }]' },
    ),
    { error: 'must be a list of people: [{ "id": "jk", "name": "J. K." }]' },
  )
  .min(1, { error: 'must name somebody, or be left out' })
  .max(200, { error: 'has too many entries' })
  .refine((people) => new Set(people.map(({ id }) => id.toLowerCase())).size === people.length, { error: 'has the same id twice' })

const inboxSchema = z.strictObject(
  {
    folders: z
      .array(
        z.strictObject(
          {
            path: text
              .min(1, { error: 'must not be empty' })
              .max(1_000, { error: 'is too long' })
              .refine(isAbsolutePath, { error: 'must be a whole path: "D:\\\\Export" or "\\\\\\\\server\\\\share"' }),
            label: text.min(1, { error: 'must not be empty' }).max(200, { error: 'is too long' }),
          },
          { error: 'must be a list of folders: [{ "path": "…", "label": "…" }]' },
        ),
        { error: 'must be a list of folders: [{ "path": "…", "label": "…" }]' },
      )
      .max(20, { error: 'has too many entries' }),
  },
  { error: 'must hold folders: { "folders": [{ "path": "…", "label": "…" }] }' },
)

const siteSchema = z.strictObject(
  {
    /** Address of the institute's XNAT. */
    archive: text
      .max(500, { error: 'is too long' })
      .refine(isAddress, { error: 'must be an address that begins with https://, without user and password' })
      .optional(),
    /** The institute's CA: PEM text, or the name of a PEM file beside the site file. */
    ca: text.min(1, { error: 'must not be empty' }).max(200_000, { error: 'is too long' }).optional(),
    /** Ids of the projects this desk shows; all that the person may read where left out. */
    projects: z
      .array(text.min(1, { error: 'must not be empty' }).max(200, { error: 'is too long' }), { error: 'must be a list of project ids: ["P1", "P2"]' })
      .max(1_000, { error: 'has too many entries' })
      .optional(),
    /** Whether the demo lab is offered. */
    demo: z.boolean({ error: 'must be true or false' }).optional(),
    /** Images that may be run: names, or digests. */
    images: z
      .array(text.min(1, { error: 'must not be empty' }).max(500, { error: 'is too long' }), {
        error: 'must be a list of image names: ["oct-quality"]',
      })
      .max(1_000, { error: 'has too many entries' })
      .optional(),
    /** Who may decide and grade here. Without it the desk keeps a list of its own. */
    people: peopleSchema.optional(),
    /** Minutes without a key or a move of the pointer until the desk locks; 0: never. */
    idleLockMinutes: z
      .number({ error: 'must be a number of minutes, 0 for never' })
      .min(0, { error: 'must be a number of minutes, 0 for never' })
      .max(600, { error: 'must be at most 600 minutes' })
      .optional(),
    /** Folders the device exports to. */
    inbox: inboxSchema.optional(),
    /** What is asked of a scan: a profile, or the name of its file beside the site file. */
    profile: z
      .union([text.min(1).max(500), z.record(z.string(), z.unknown())], { error: 'must be a profile in braces, or the name of its file' })
      .optional(),
    /** The institute's OpenStack. */
    cloud: siteCloudSchema.optional(),
    /** For how many days things are kept here. */
    retention: retentionSchema.optional(),
    /** Public half of the key with which an administrator can open what waits at a desk that has lost its own. */
    recoveryKey: text
      .refine(isRecoveryKey, { error: 'must be an RSA public key of at least 3,072 bits in PEM form (-----BEGIN PUBLIC KEY-----)' })
      .optional(),
    /** Whether screenshots and screen sharing show the window black. */
    contentProtection: z.boolean({ error: 'must be true or false' }).optional(),
  },
  { error: 'must hold one object: { "archive": "https://…" }' },
)

function isAddress(address: string): boolean {
  try {
    archiveAddress(address)
    return true
  } catch {
    return false
  }
}

function isAbsolutePath(written: string): boolean {
  return path.posix.isAbsolute(written) || /^[A-Za-z]:[\\/]/.test(written) || /^[\\/]{2}[^\\/]/.test(written)
}

/** What the site file fixes; null where it leaves a thing open. */
export interface Site {
  /** Whether there is a site file at all. */
  file: boolean
  /** The mistake that keeps it from being used, with its line: for the sign-in screen. */
  problem: string | null
  archive: string | null
  /** CA certificates, PEM. */
  ca: string[]
  projects: string[] | null
  demo: boolean
  images: string[] | null
  people: { id: string; name: string; pin: string | null }[] | null
  /** 10 with a list of people, else 0, unless the file says otherwise. */
  idleLockMinutes: number
  inbox: { folders: { path: string; label: string }[] } | null
  profile: Profile | null
  cloud: SiteCloud | null
  retention: Retention
  /** PEM of an RSA public key, or null. */
  recoveryKey: string | null
  /** Null where a person may switch it. */
  contentProtection: boolean | null
}

/** No site file: everything is open. */
export const noSite: Site = {
  file: false,
  problem: null,
  archive: null,
  ca: [],
  projects: null,
  demo: true,
  images: null,
  people: null,
  idleLockMinutes: 0,
  inbox: null,
  profile: null,
  cloud: null,
  retention: usualRetention,
  recoveryKey: null,
  contentProtection: null,
}
const usualIdleMinutes = 10

const broken = (line: number | null, what: string): Site => ({
  ...noSite,
  file: true,
  problem:
    `The site file has a mistake${line === null ? '' : ` in line ${line}`}: ${what}. Nothing of it is used until that is mended; tell your lab’s administrator.`.slice(
      0,
      1_000,
    ),
})

export interface SiteOptions {
  /** The file's text; null where there is none. */
  readFile(path: string): Promise<string | null>
  /** Places in order; the first file there is counts. See `siteCandidates`. */
  candidates: string[]
  platform?: NodeJS.Platform
}

/** Reads the first site file there is. Never rejects: what is wrong is in `problem`. */
export const loadSite = async ({ readFile, candidates, platform = process.platform }: SiteOptions): Promise<Site> => {
  for (const file of candidates) {
    let found: string | null
    try {
      found = await readFile(file)
    } catch {
      return broken(null, 'it is there but cannot be read with this account')
    }
    if (found !== null) return readSite(found, (name) => readFile(pathOf(platform).resolve(pathOf(platform).dirname(file), name)))
  }
  return noSite
}

const pathOf = (platform: NodeJS.Platform) => (platform === 'win32' ? path.win32 : path.posix)

const readSite = async (content: string, readBeside: (name: string) => Promise<string | null>): Promise<Site> => {
  let json: JsonWithLines
  try {
    json = parseJsonWithLines(content)
  } catch (error) {
    if (error instanceof JsonMistake) return broken(error.line, error.message)
    throw error
  }
  // Told before anything else: it is to be taken out, whatever more is wrong.
  const secret = secretIn(Object(json.value).cloud)
  if (secret) return broken(json.lineOf(secret), `"${secret.at(-1)?.slice(0, 100) ?? ''}" ${secretRefused}`)
  const parsed = siteSchema.safeParse(json.value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    if (issue?.code === 'unrecognized_keys') {
      const [key = ''] = issue.keys
      const known = issue.path.length === 0 ? `. Known are: ${Object.keys(siteSchema.shape).join(', ')}` : ''
      return broken(json.lineOf([...issue.path, key]), `"${key.slice(0, 100)}" is not known here${known}`)
    }
    const name = issue?.path.findLast((part) => typeof part === 'string')
    return broken(json.lineOf(issue?.path ?? []), `${name === undefined ? 'it' : `"${String(name)}"`} ${issue?.message ?? 'is not understood'}`)
  }
  const { archive, ca, projects, demo, images, people, idleLockMinutes, inbox } = parsed.data
  const certificates = ca === undefined ? [] : await readCa(ca, readBeside)
  if (typeof certificates === 'string') return broken(json.lineOf(['ca']), certificates)
  const profile = parsed.data.profile === undefined ? null : await readProfile(parsed.data.profile, json, readBeside)
  if (profile && 'mistake' in profile) return broken(profile.line, profile.mistake)
  const cloud = parsed.data.cloud === undefined ? null : await readSiteCloud(parsed.data.cloud, readBeside)
  if (cloud && 'mistake' in cloud) return broken(json.lineOf(cloud.path), cloud.mistake)
  return {
    file: true,
    problem: null,
    archive: archive === undefined ? null : archiveAddress(archive),
    ca: certificates,
    projects: projects ?? null,
    demo: demo ?? true,
    images: images ?? null,
    people: people?.map((person) => ({ id: person.id, name: person.name, pin: person.pin ?? null })) ?? null,
    idleLockMinutes: idleLockMinutes ?? (people ? usualIdleMinutes : 0),
    inbox: inbox ?? null,
    profile,
    cloud,
    retention: readRetention(parsed.data.retention),
    recoveryKey: parsed.data.recoveryKey ?? null,
    contentProtection: parsed.data.contentProtection ?? null,
  }
}

/** The profile, or its mistake: with the line of the site file where it stands there, else naming the line of its own file. */
const readProfile = async (
  written: string | Record<string, unknown>,
  site: JsonWithLines,
  readBeside: (name: string) => Promise<string | null>,
): Promise<Profile | { line: number; mistake: string }> => {
  const here = site.lineOf(['profile'])
  let json = site
  let prefix: string[] = ['profile']
  let value: unknown = written
  const inFile = typeof written === 'string'
  if (inFile) {
    const content = await readBeside(written).catch(() => null)
    if (content === null) return { line: here, mistake: '"profile" names a file that is not there or cannot be read' }
    try {
      json = parseJsonWithLines(content)
    } catch (error) {
      if (error instanceof JsonMistake)
        return { line: here, mistake: `the file of "profile" has a mistake in its line ${error.line}: ${error.message}` }
      throw error
    }
    prefix = []
    value = json.value
  }
  try {
    return parseProfile(value)
  } catch (error) {
    if (!(error instanceof ScansideError)) throw error
    const field = typeof error.details.field === 'string' ? error.details.field : ''
    const line = json.lineOf([...prefix, ...(field === 'the file' ? [] : field.split('.'))])
    const what = error.message.replace(/\. It is not used.*$|\.$/s, '')
    return inFile ? { line: here, mistake: `the file of "profile" has one in its line ${line}: ${what}` } : { line, mistake: what }
  }
}

/** The certificates, or what is wrong with them. */
const readCa = async (ca: string, readBeside: (name: string) => Promise<string | null>): Promise<string[] | string> => {
  let pem: string | null = ca
  if (!ca.includes('-----BEGIN')) {
    pem = await readBeside(ca).catch(() => null)
    if (pem === null) return '"ca" names a file that is not there or cannot be read'
  }
  const certificates = splitPem(pem)
  if (certificates.length === 0) return '"ca" holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)'
  try {
    for (const certificate of certificates) new X509Certificate(certificate)
  } catch {
    return '"ca" holds a certificate that cannot be read; copy it again'
  }
  return certificates
}

/**
 * Where a site file may lie, in order: SCANSIDE_SITE, the place for all users of the machine, the person's own configuration folder.
 * The machine's comes first, so that what an administrator fixes stays fixed.
 * @param home the person's home folder
 */
export const siteCandidates = (platform: NodeJS.Platform, env: Record<string, string | undefined>, home: string): string[] => {
  const chosen = env.SCANSIDE_SITE
  if (chosen) return [chosen]
  if (platform === 'win32') {
    return [env.PROGRAMDATA ?? 'C:\\ProgramData', env.APPDATA ?? path.win32.join(home, 'AppData', 'Roaming')].map((folder) =>
      path.win32.join(folder, 'Scanside', 'site.json'),
    )
  }
  if (platform === 'darwin') {
    const own = path.posix.join(home, 'Library', 'Application Support')
    return ['/Library/Application Support', own].map((folder) => path.posix.join(folder, 'Scanside', 'site.json'))
  }
  return ['/etc', env.XDG_CONFIG_HOME || path.posix.join(home, '.config')].map((folder) => path.posix.join(folder, 'scanside', 'site.json'))
}
