/** Which archive the desk works with: the institute's, or the demo lab's beside it. Each has its own trust and its own session. */
import { ScansideError } from '../oct/errors.ts'
import type { Archive } from './archive/archive.ts'
import type { RunTokens } from './archive/run-tokens.ts'
import { createRunTokens, type KeptToken, type TokenNotes } from './archive/run-tokens-session.ts'
import { type ArchiveSession, createSession, type SessionStatus } from './archive/session.ts'
import { createXnat } from './archive/xnat.ts'
import type { DemoLab } from './demo-lab.ts'
import type { Http } from './http/http.ts'
import { type AnsweringParts, answering } from './offline/answering.ts'
import type { Vault } from './vault/vault.ts'

export interface ArchiveDesk {
  status(): SessionStatus
  /** The session that sign-in, sign-out and requests go to. */
  session(): ArchiveSession
  /** The archive somebody is signed in to (also while it is away or the token is dead: not `ready`), or null. */
  home(): { id: string; demo: boolean; ready: boolean; archive: Archive } | null
  /** The same archive itself, without what is kept of it here, and the account that is signed in; null where nobody is. */
  live(): { id: string; user: string; archive: Archive } | null
  /** The archive, or `unauthorized` with a sentence. */
  archive(): Archive
  /** Tokens for runs on machines of their own, of the archive `home` gives; null where nobody is signed in. */
  runTokens(): RunTokens | null
  openDemo(): Promise<void>
  /** Signs out where the desk is; the demo's end brings back the institute's session. */
  signOut(input: { force: boolean; waiting: number }): Promise<void>
  onChange(listener: () => void): void
  restore(): Promise<void>
  tick(): Promise<void>
  /** Ends the server sessions; before the demo lab stops. */
  close(): Promise<void>
}

export interface ArchiveDeskParts {
  /** HTTP that trusts these certificates (PEM) beside the system's. */
  http(roots: string[]): Http
  /** The site's CA certificates, PEM. */
  siteRoots: string[]
  /** The projects the site file names; null for all a person may read. */
  siteProjects: string[] | null
  /** The archive the site file fixes, or null. */
  siteArchive: string | null
  vault: Vault
  /** A vault that keeps nothing: the demo's token ends with the window. */
  memoryVault: Vault
  demoLab: DemoLab
  /** What is known of run tokens beside their secrets; owed.db's. */
  tokenNotes?: TokenNotes
  /** What is kept here of archives that are away; nothing where left out. */
  kept?: AnsweringParts['kept']
  /** How broken downloads wait before they begin again; by the clock where left out. */
  pause?: (ms: number, signal: AbortSignal) => Promise<unknown>
}

/** While an archive is away and its scans are worked with, how often it is looked for, ms. */
const lookPauseMs = 5_000

/** Nothing is asked of any archive before `restore`, a sign-in or `openDemo`. */
export function createArchiveDesk(parts: ArchiveDeskParts): ArchiveDesk {
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  const place = (http: Http, vault: Vault, ca: string[], projects: string[] | null, fixed: string | null, isDemo = false) => {
    const session = createSession({ http, vault, fixed })
    session.onChange(tell)
    let known: { at: string; live: Archive; archive: Archive } | null = null
    const idOf = (at: string) => (isDemo ? 'demo' : at)
    let lookedAt = 0
    const lookForIt = () => {
      if (Date.now() - lookedAt < lookPauseMs) return
      lookedAt = Date.now()
      // What it finds is told as the session's state; what it cannot do now it does with the next minute's.
      session.tick().catch(() => undefined)
    }
    /** What is kept of the archive at this address stands in for it, for the account signed in there now. */
    const withKept = (at: string, live: Archive): Archive => {
      if (!parts.kept) return live
      const whose = () => {
        const { state, archive: shown, user } = session.status()
        if (shown !== at || user === null || state === 'signed-out' || state === 'expired') return null
        return { archive: idOf(at), user, away: state === 'offline' }
      }
      return answering(live, { kept: parts.kept, whose, projects, answered: lookForIt })
    }
    /** The archive at this address and no other, whoever signs in where later: a run holds on to it from its first file to its last. */
    const at = (address: string): { live: Archive; archive: Archive } => {
      if (known?.at === address) return known
      const live = createXnat({
        request: session.requestAt(address),
        ...(projects ? { projects } : {}),
        ...(parts.pause ? { pause: parts.pause } : {}),
      })
      known = { at: address, live, archive: withKept(address, live) }
      return known
    }
    const secrets = new Map<string, KeptToken>()
    const issuing = new Set<Promise<unknown>>()
    const tokens = (id: string): RunTokens | null => {
      const { archive: shown, user } = session.status()
      const address = session.address()
      if (address === null || shown === null || user === null) return null
      const notes = parts.tokenNotes ?? null
      return createRunTokens({ http, vault, session, archive: { id, address, ca }, shown, user, secrets, issuing, notes, now: Date.now })
    }
    return { session, at, idOf, tokens }
  }
  const institute = place(parts.http(parts.siteRoots), parts.vault, parts.siteRoots, parts.siteProjects, parts.siteArchive)
  let demo: typeof institute | null = null
  const here = () => demo ?? institute
  const home: ArchiveDesk['home'] = () => {
    const { state, archive } = here().session.status()
    if (state === 'signed-out' || archive === null) return null
    return { id: here().idOf(archive), demo: demo !== null, ready: state === 'signed-in', archive: here().at(archive).archive }
  }

  return {
    status: () => here().session.status(),
    session: () => here().session,
    home,
    live() {
      const { state, archive, user } = here().session.status()
      if (state === 'signed-out' || archive === null || user === null) return null
      return { id: here().idOf(archive), user, archive: here().at(archive).live }
    },
    archive() {
      const there = home()
      if (!there) throw new ScansideError('unauthorized', 'Nobody is signed in to an archive. Sign in and try again.')
      return there.archive
    },
    runTokens() {
      const there = home()
      return there ? here().tokens(there.id) : null
    },
    async openDemo() {
      const access = await parts.demoLab.open()
      const opened = place(parts.http([access.ca]), parts.memoryVault, [access.ca], null, null, true)
      await opened.session.signIn({
        address: access.https,
        user: access.user,
        password: access.password,
        provider: null,
        remember: false,
        demo: true,
      })
      const before = demo
      demo = opened
      tell()
      await before?.session.close()
    },
    async signOut(input) {
      await here().session.signOut(input)
      if (demo) {
        demo = null
        parts.demoLab.stop()
      }
      tell()
    },
    onChange: (listener) => {
      listeners.add(listener)
    },
    restore: () => institute.session.restore(),
    async tick() {
      // The institute's token is renewed also while the demo is looked at.
      await institute.session.tick()
      await demo?.session.tick()
    },
    async close() {
      await demo?.session.close()
      await institute.session.close()
    },
  }
}
