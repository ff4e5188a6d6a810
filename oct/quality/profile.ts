/**
 * What a profile asks of a scan: the protocols a site takes, which criteria count, and their thresholds. Thresholds are this project's own
 * unless docs/quality.md names a source. A changed profile gets a new name: a stored result keeps the name of the one that judged it.
 */
import { z } from 'zod'
import { ScansideError } from '../errors.ts'
import { oscarIb2 } from './oscar-ib.ts'
import { mistakeIn } from './profile-mistakes.ts'

/**
 * required: a fail makes a scan unusable where it may (`decide`), a warning or an unknown ambiguous. advisory: a fail makes it ambiguous.
 * human: shown open, decided by nobody but a reader.
 */
export const roleSchema = z.enum(['required', 'advisory', 'human'])
export type Role = z.infer<typeof roleSchema>

const name = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, { error: 'must be small letters, digits, dots and hyphens' })
const range = z.strictObject({ min: z.number().finite(), max: z.number().finite() })
/** A text for people, in the window's two languages. */
export const wordsSchema = z.strictObject({ en: z.string().min(1).max(300), de: z.string().min(1).max(300) })
export type Words = z.infer<typeof wordsSchema>

/** One kind of scan a visit wants of an eye. Absent: not asked. */
export const protocolSchema = z.strictObject({
  id: name,
  label: wordsSchema,
  /** Patterns of the scan model that count as this one. */
  patterns: z
    .array(z.enum(['line', 'ring', 'volume', 'fast-volume', 'radial', 'radial-circles']))
    .min(1)
    .max(6),
  region: z.enum(['disc', 'macula']),
  eyes: z
    .array(z.enum(['OD', 'OS']))
    .min(1)
    .max(2),
  /** B-scans */
  frames: range.optional(),
  /** B-scans averaged */
  art: range.optional(),
  /** mm: length of a B-scan (ring: circumference) and, of volumes, the other side */
  length: range.optional(),
  breadth: range.optional(),
  /** mm */
  ringRadius: range.optional(),
  /** A-scans per B-scan */
  aScans: range.optional(),
  resolution: z.enum(['HS', 'HR']).optional(),
  /** How the device's name begins. */
  device: z.string().max(100).optional(),
})
export type Protocol = z.infer<typeof protocolSchema>

/** What is known of a device: only then its own index is held against a limit, and contrasts against thresholds found on it. */
export const deviceProfileSchema = z.strictObject({
  /** How the device's name begins: `Heidelberg Spectralis`. */
  device: z.string().min(1).max(100),
  /** Its own index in dB; absent where it has none, or none in dB. */
  quality: z.strictObject({ least: z.number().finite(), source: z.string().max(300) }).optional(),
  /** Whether the SNR and CNR thresholds were looked at on this device's pictures. */
  contrast: z.boolean(),
})
export type DeviceProfile = z.infer<typeof deviceProfileSchema>

/** What to do about a failed criterion on a device. Shown only with a reviewer: what to turn is never guessed. */
export const adviceSchema = z.strictObject({
  device: z.string().min(1).max(100),
  criterion: z.string().min(1).max(64),
  todo: wordsSchema,
  source: z.string().min(1).max(300),
  reviewer: z.string().min(1).max(200),
})
export type ReviewedAdvice = z.infer<typeof adviceSchema>

const limit = z.strictObject({ warn: z.number().finite(), fail: z.number().finite() })
export type Limit = z.infer<typeof limit>

export const profileSchema = z.strictObject({
  name,
  title: z.string().min(1).max(200),
  protocols: z.array(protocolSchema).max(50),
  devices: z.array(deviceProfileSchema).max(50),
  /** By criterion id; a criterion that is not named has the role of the part before its last dot, else `human`. */
  rules: z.record(z.string().max(64), roleSchema),
  /** By criterion id: where a warning and where a fail begins, in the criterion's unit. Which side is the bad one is the criterion's. */
  limits: z.record(z.string().max(64), limit),
  advice: z.array(adviceSchema).max(500).default([]),
})
export type Profile = z.infer<typeof profileSchema>

/** The profiles this code ships, the default first. */
export const profiles: readonly Profile[] = [oscarIb2]
export const defaultProfile: Profile = oscarIb2

/** A site's or project's own profile may leave out what it does not change; it always has its own name. */
export const ownProfileSchema = profileSchema
  .partial()
  .required({ name: true, title: true })
  .extend({ advice: z.array(adviceSchema).max(500).optional() })
export type OwnProfile = z.infer<typeof ownProfileSchema>

/**
 * A profile from a file: what it leaves out is the default's; limits and rules are laid over the default's one by one.
 * @throws ScansideError invalid-file, naming the field
 */
export function parseProfile(json: unknown): Profile {
  const parsed = ownProfileSchema.safeParse(json)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw mistaken(issue?.path.join('.') || 'the file', issue?.message ?? 'it is not understood')
  }
  const own = parsed.data
  if (profiles.some((each) => each.name === own.name)) {
    throw new ScansideError(
      'invalid-file',
      `The profile calls itself "${own.name}", as one that Scanside ships. Give it a name of its own; it is not used.`,
      { field: 'name' },
    )
  }
  const mistake = mistakeIn(own)
  if (mistake) throw mistaken(mistake.field, mistake.what)
  const base = defaultProfile
  return {
    name: own.name,
    title: own.title,
    protocols: own.protocols ?? base.protocols,
    devices: own.devices ?? base.devices,
    rules: { ...base.rules, ...own.rules },
    limits: { ...base.limits, ...own.limits },
    advice: own.advice ?? [],
  }
}

const mistaken = (field: string, what: string) =>
  new ScansideError('invalid-file', `The profile has a mistake at ${field.slice(0, 200)}: ${what}. It is not used; nothing was judged by it.`, {
    field: field.slice(0, 200),
  })

/** The role of a criterion. */
export function roleOf(profile: Profile, id: string): Role {
  for (let part = id; ; part = part.slice(0, part.lastIndexOf('.'))) {
    const role = profile.rules[part]
    if (role) return role
    if (!part.includes('.')) return 'human'
  }
}

/** What is known of a device; null where the profile does not speak of it. */
export function deviceProfileOf(profile: Profile, device: string): DeviceProfile | null {
  return profile.devices.find((each) => device.startsWith(each.device)) ?? null
}

/**
 * A criterion's limits.
 * @throws RangeError where neither the profile nor the default has them: a mistake of this code, not of a person
 */
export function limitOf(profile: Profile, id: string): Limit {
  const found = profile.limits[id] ?? defaultProfile.limits[id]
  if (!found) throw new RangeError(`no limits for ${id}`)
  return found
}
