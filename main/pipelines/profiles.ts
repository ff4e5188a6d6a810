/** Which profile scans are judged by: a project's own, kept in the archive; else the site's; else the default. */
import { ScansideError } from '../../oct/errors.ts'
import { defaultProfile, type Profile, parseProfile } from '../../oct/quality/profile.ts'
import type { Archive } from '../archive/archive.ts'

/** Where a project keeps its own. */
export const profileResource = 'SCANSIDE'
export const profileFile = 'profile.json'
const largest = 1_000_000

export interface Chosen {
  profile: Profile
  /** What is wrong with the project's own, as a sentence; nothing is judged by another in its stead. */
  problem: string | null
}

export interface ProfilesParts {
  /** The site file's; null where it has none. */
  site: Profile | null
  archive: () => { archive: Pick<Archive, 'projectFile'> } | null
}

/**
 * Reads a project's profile once while somebody is signed in.
 * @returns `profileFor`: null project (a dropped file, the Inbox): the site's. Rejects with the archive's sentence where it cannot be asked.
 */
export function createProfiles({ site, archive }: ProfilesParts): (project: string | null, signal: AbortSignal) => Promise<Chosen> {
  const usual: Chosen = { profile: site ?? defaultProfile, problem: null }
  // Signing in again makes another archive: what was read before is not asked again from it.
  const known = new WeakMap<object, Map<string, Chosen>>()
  return async (project, signal) => {
    const home = project === null ? null : archive()
    if (project === null || !home) return usual
    const mine = known.get(home.archive) ?? new Map<string, Chosen>()
    known.set(home.archive, mine)
    const found = mine.get(project)
    if (found) return found
    const bytes = await home.archive.projectFile(project, profileResource, profileFile, largest, signal)
    const chosen = bytes ? read(bytes, usual.profile) : usual
    mine.set(project, chosen)
    return chosen
  }
}

function read(bytes: Uint8Array, usual: Profile): Chosen {
  try {
    return { profile: parseProfile(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))), problem: null }
  } catch (error) {
    const why = error instanceof ScansideError ? error.message : 'It is no JSON text.'
    return {
      profile: usual,
      problem:
        `This project brings its own profile (${profileResource}/${profileFile}), which cannot be used, so nothing was judged. ${why} Tell the project’s owner.`.slice(
          0,
          1_000,
        ),
    }
  }
}
