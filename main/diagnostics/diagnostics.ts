/** The self-check and its report, the chain's export, what the window may show to others, and what goes by time. The one door to this folder. */
import { ScansideError } from '../../oct/errors.ts'
import type { Handlers } from '../../preload/contract.ts'
import type { Check, diagnosticsMethods } from '../../preload/diagnostics.ts'
import type { Capabilities } from '../capabilities.ts'
import type { Bulk } from '../doorway/bulk.ts'
import type { InboxRoom } from '../inbox/inbox.ts'
import type { Site } from '../site/site-file.ts'
import type { Lab } from '../store/lab.ts'
import { exportChain, firstThatFails, type SigningKey } from './audit-export.ts'
import { lookedAll, type Sleep } from './bounded.ts'
import { lookAtClock, seenBefore, seenText } from './clock-leap.ts'
import { lastLines, noteStart, pruneLog } from './log.ts'
import { looksAt, type Places } from './looks.ts'
import { type Known, redact } from './redact.ts'
import { fileName, reportText } from './report.ts'
import { keepByTime } from './retention.ts'

export interface DiagnosticsRoom {
  handlers: Pick<Handlers, keyof typeof diagnosticsMethods>
  /** Sees to retention now and then every hour, and applies what was chosen for the window. Returns how to stop. */
  start(): () => void
}

export interface DiagnosticsParts {
  capabilities: Pick<Capabilities, 'version' | 'front' | 'protectContent'>
  /** Of the runtime and the system, a line each; no names. */
  runtime: readonly string[]
  site: Pick<Site, 'file' | 'problem' | 'retention' | 'recoveryKey' | 'contentProtection'>
  lab: Pick<Lab, 'chain' | 'settings' | 'readOnly'>
  bulk: Pick<Bulk, 'mint' | 'revoke'>
  inbox: Pick<InboxRoom, 'forgetBefore'>
  /** Nobody takes anything away from a locked desk. */
  locked(): boolean
  by(): string
  owedRuns(): string[]
  places: Places
  /** Numbers for the report. */
  counts(): Record<string, number>
  /** What this desk knows as a name, for the report's redaction. */
  known(): Known
  /** Made at first use. */
  signingKey(): Promise<SigningKey>
  logFolder: string
  dayBefore(days: number): string
  sleep: Sleep
  now(): Date
  report(where: string, error: unknown): void
}

const protectionName = 'content-protection'
const clockName = 'clock-seen'
const logLines = 200
const hourMs = 3_600_000
const soonMs = 2_000
/** A ticket nobody uses ends by itself. */
const ticketMs = 10 * 60_000

export function createDiagnosticsRoom(parts: DiagnosticsParts): DiagnosticsRoom {
  const { capabilities, site, lab, bulk, now } = parts
  const { chain, settings } = lab

  const neededUnlocked = () => {
    if (parts.locked()) throw new ScansideError('forbidden', 'This desk is locked. Pick your name to go on.')
  }
  const check = (): Promise<Check[]> => lookedAll(looksAt(parts.places), parts.sleep, (id, error) => parts.report(`check ${id}`, error))

  /** Where to GET a file, once. */
  const offered = (type: string, name: string, body: () => string | ReadableStream<Uint8Array>): string => {
    const url = bulk.mint(async (request) => {
      if (request.method !== 'GET') throw new ScansideError('invalid-argument', 'This can only be fetched. Nothing was changed.')
      bulk.revoke(url)
      return new Response(body(), { headers: { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` } })
    })
    setTimeout(() => bulk.revoke(url), ticketMs).unref()
    return url
  }

  const fixed = site.contentProtection !== null
  const protecting = () => site.contentProtection ?? settings.get(protectionName) === 'on'
  let soon: NodeJS.Timeout | undefined
  /** Whether anything may go by what the clock says now. */
  const clockBelieved = () => {
    try {
      const { believed, seen } = lookAtClock(seenBefore(settings.get(clockName)), now())
      if (!lab.readOnly) settings.set(clockName, seenText(seen))
      return believed
    } catch (error) {
      // Nothing is removed by a time that cannot be noted down.
      parts.report('retention', error)
      return false
    }
  }
  const tidy = () => {
    if (!clockBelieved()) return
    const removed = keepByTime(
      {
        retention: site.retention,
        inbox: parts.inbox,
        dayBefore: parts.dayBefore,
        pruneLog: (days) => pruneLog(parts.logFolder, days, now()),
        chain,
        owedRuns: parts.owedRuns,
        readOnly: lab.readOnly,
        now,
      },
      (error) => parts.report('retention', error),
    )
    // A piece at a time: years that are over all at once must not hold up the window.
    if (removed.scans + removed.pictures > 0 || removed.lines > 0) soon = setTimeout(tidy, soonMs).unref()
  }

  return {
    start() {
      tidy()
      noteStart(parts.logFolder, { version: capabilities.version, front: capabilities.front, runtime: parts.runtime.join(', ') }, now())
      if (protecting()) capabilities.protectContent?.(true)
      const hourly = setInterval(tidy, hourMs)
      hourly.unref()
      return () => {
        clearInterval(hourly)
        clearTimeout(soon)
      }
    },
    handlers: {
      'diagnostics.check': async () => ({ at: now().toISOString(), checks: await check() }),
      'diagnostics.report': async () => {
        const at = now()
        const text = reportText({
          at: at.toISOString(),
          version: capabilities.version,
          front: capabilities.front,
          runtime: parts.runtime,
          checks: await check(),
          counts: parts.counts(),
          site: {
            file: site.file,
            problem: site.problem !== null,
            retention: site.retention,
            recoveryKey: site.recoveryKey !== null,
            contentProtection: site.contentProtection,
          },
          log: lastLines(parts.logFolder, logLines),
        })
        const name = fileName('report', at, 'txt')
        const shown = redact(text, parts.known())
        return { url: offered('text/plain; charset=utf-8', name, () => shown), name }
      },
      'audit.status': async () => ({
        ...chain.extent(),
        broken: await firstThatFails(chain),
        fingerprint: (await parts.signingKey()).fingerprint,
        retention: site.retention,
      }),
      'audit.export': async () => {
        neededUnlocked()
        const key = await parts.signingKey()
        const at = now()
        if (!lab.readOnly) chain.audit(at.toISOString(), parts.by(), 'audit: exported', null)
        const name = fileName('audit', at, 'json')
        const encoder = new TextEncoder()
        const body = () => {
          const pieces = exportChain(chain, key, at.toISOString())
          return new ReadableStream<Uint8Array>({
            async pull(controller) {
              const { value, done } = await pieces.next()
              if (done) controller.close()
              else controller.enqueue(encoder.encode(value))
            },
          })
        }
        return { url: offered('application/json', name, body), name, lines: chain.extent().lines }
      },
      'privacy.get': () => ({ contentProtection: protecting(), available: capabilities.protectContent !== null, fixed }),
      'privacy.set': ({ contentProtection }) => {
        neededUnlocked()
        if (fixed) throw new ScansideError('forbidden', 'The site file of this desk fixes this. Leave it as it is, or ask your administrator.')
        const protect = capabilities.protectContent
        if (protect === null) throw new ScansideError('not-supported', 'In a browser the window cannot be hidden from others. Nothing was changed.')
        settings.set(protectionName, contentProtection ? 'on' : null)
        chain.audit(now().toISOString(), parts.by(), `privacy: content protection ${contentProtection ? 'on' : 'off'}`, null)
        protect(contentProtection)
      },
    },
  }
}
