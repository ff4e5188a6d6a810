/** From what was found to what it means: one pure function per check. No identity, no host name and no path goes into what they answer. */
import type { Check, checkCodes } from '../../preload/diagnostics.ts'
import type { EngineHealth } from '../engines/engine.ts'

export type CheckId = Check['id']
type CodeOf<Id extends CheckId> = (typeof checkCodes)[Id][number]

const made =
  <Id extends CheckId>(id: Id) =>
  (state: Check['state'], code: CodeOf<Id>, message: string, step: string | null = null, facts: Check['facts'] = {}): Check => ({
    id,
    state,
    code,
    facts,
    message,
    step,
  })

/** What a check says that did not end in time, or failed in a way nobody foresaw. */
export const notLookedAt = (id: CheckId, why: 'no-answer' | 'failed', seconds: number): Check => ({
  id,
  state: why === 'no-answer' ? 'problem' : 'attention',
  code: why,
  facts: { seconds },
  message: why === 'no-answer' ? `No answer came within ${seconds} s.` : 'This could not be looked at.',
  step:
    why === 'no-answer'
      ? 'Look again; if it stays, restart it, or ask who looks after it.'
      : 'Look again; if it stays, save the report for your administrator.',
})

const engineStep: Record<Exclude<EngineHealth['state'], 'ready'>, string> = {
  'not-installed': 'Have Docker or Podman installed if containers are to run at this desk; judging scans works without.',
  'not-running': 'Start Docker (or Podman), then look again.',
  'no-permission': 'Ask your administrator to let this account use Docker.',
  'too-old': 'Ask your administrator for Docker 19.03 or newer.',
  'windows-containers': 'Choose "Switch to Linux containers" in Docker Desktop’s menu.',
  refused: 'Have the engine reached over SSH or TLS, or use the one on this computer.',
  unknown: 'Restart the engine, then look again.',
}
const engineNamed = (health: EngineHealth): Check['facts'] => ({ kind: health.kind ?? 'engine', version: health.version ?? '' })

/** @param health null until the first look has ended */
export function judgeEngine(health: EngineHealth | null): Check {
  const check = made('engine')
  if (health === null) return check('attention', 'looking', 'Scanside is still looking for a container engine.', 'Look again in a moment.')
  const named = engineNamed(health)
  if (health.state === 'ready') return check('ok', 'ready', `${named.kind} ${named.version} is ready.`, null, named)
  const state = health.state === 'not-installed' ? 'attention' : 'problem'
  return check(
    state,
    health.state,
    `The container engine cannot be used (${health.state}). Scans are judged without it.`,
    engineStep[health.state],
    named,
  )
}

export function judgeDataRoot(health: EngineHealth | null): Check {
  const check = made('data-root')
  if (health?.state !== 'ready') return check('none', 'no-engine', 'There is no engine that would keep data.')
  if (health.dataRoot === 'encrypted') return check('ok', 'encrypted', 'The engine keeps its volumes on an encrypted disk.')
  if (health.dataRoot === 'in-memory') return check('ok', 'in-memory', 'The engine keeps its volumes in memory.')
  return check(
    'attention',
    'not-known',
    'Whether the engine’s disk is encrypted cannot be told from here: what a run leaves on the medium is removed, not erased.',
    'Have the disk of this computer (or of the engine’s machine) encrypted: BitLocker, FileVault or LUKS.',
  )
}

export function judgeKeyring(available: boolean): Check {
  const check = made('keyring')
  if (available) return check('ok', 'available', 'Keys and tokens are kept in this computer’s keyring.')
  return check(
    'attention',
    'missing',
    'No keyring answers: sign-in, records and what waits to go home end with this window.',
    'Unlock or start the keyring of this account (on Linux a Secret Service such as GNOME Keyring), then look again.',
  )
}

const GB = 1e9
/** Free room, bytes: below the first nothing is begun, below the second somebody should know. */
export const diskLimits = { own: { full: 1 * GB, low: 5 * GB }, engine: { full: 2 * GB, low: 10 * GB } } as const
const gb = (bytes: number) => Math.round(bytes / 1e8) / 10

/** @param own bytes free for the data folder, @param engine for the engine's volumes; null where that is not known */
export function judgeDisk({ own, engine }: { own: number | null; engine: number | null }): Check {
  const check = made('disk')
  if (own === null)
    return check('attention', 'not-known', 'How much room is left cannot be told.', 'Look again; if it stays, ask your administrator.')
  const facts: Check['facts'] = { freeGb: gb(own), ...(engine === null ? {} : { engineFreeGb: gb(engine) }) }
  const step = 'Make room: empty the bin, move old exports elsewhere, or remove images that nobody uses.'
  if (own < diskLimits.own.full) return check('problem', 'full', `The disk of this desk has ${gb(own)} GB left: nothing new is begun.`, step, facts)
  if (engine !== null && engine < diskLimits.engine.full)
    return check('problem', 'engine-full', `The engine’s disk has ${gb(engine)} GB left: no container is started.`, step, facts)
  if (own < diskLimits.own.low) return check('attention', 'low', `The disk of this desk has ${gb(own)} GB left.`, step, facts)
  if (engine !== null && engine < diskLimits.engine.low)
    return check('attention', 'engine-low', `The engine’s disk has ${gb(engine)} GB left.`, step, facts)
  return check('ok', 'enough', `${gb(own)} GB are free${engine === null ? '' : `, and ${gb(engine)} GB for the engine`}.`, null, facts)
}

export interface RecordFacts {
  kept: boolean
  readOnly: boolean
  /** Whether an earlier file could not be read and was put aside. */
  movedAside: boolean
  runs: number
  owed: number
}
export function judgeRecords({ kept, readOnly, movedAside, runs, owed }: RecordFacts): Check {
  const check = made('records')
  const facts = { runs, owed }
  if (readOnly)
    return check('problem', 'read-only', 'A newer Scanside wrote the records: they are only read.', 'Update Scanside on this computer.', facts)
  if (movedAside) {
    const message = 'The earlier records could not be read and were put aside; nothing was deleted. New ones are being written.'
    return check('attention', 'moved-aside', message, 'Tell your administrator: the file ends in .unreadable and may be needed.', facts)
  }
  if (!kept) return check('attention', 'in-memory', 'Records are in memory: they end with this window.', 'Mend the keyring (see above).', facts)
  if (owed > 0) {
    const message = `${owed === 1 ? 'One thing' : `${owed} things`} of earlier runs must still be removed.`
    return check('attention', 'owed', message, 'Start the engine or sign in to the cloud they are on; they are removed by themselves.', facts)
  }
  return check('ok', 'kept', `Records are kept, encrypted; ${runs} runs are in them and nothing is owed.`, null, facts)
}

export function judgeOutbox({ waiting, blocked, locked }: { waiting: number; blocked: number; locked: number }): Check {
  const check = made('outbox')
  const facts = { waiting, blocked, locked }
  if (locked > 0) {
    const message = `${locked} of what waits cannot be opened: its key is not in the keyring.`
    return check('problem', 'locked', message, 'Run those scans again, or ask your administrator for the site’s recovery key.', facts)
  }
  if (blocked > 0) return check('problem', 'blocked', `${blocked} of what waits needs a decision.`, 'Open "Waiting to go home" and choose.', facts)
  if (waiting > 0) {
    const message = `${waiting === 1 ? 'One result waits' : `${waiting} results wait`} to go home.`
    return check('attention', 'waiting', message, 'Sign in to the archive; they go by themselves.', facts)
  }
  return check('ok', 'empty', 'Nothing waits to go home.', null, facts)
}

/** @param broken number of the first line that does not hold, or null */
export function judgeReceipts({ lines, broken }: { lines: number; broken: number | null }): Check {
  const check = made('receipts')
  if (broken !== null) {
    const message = `The chain of receipts does not hold from line ${broken} on: somebody or something changed it.`
    return check('problem', 'broken', message, 'Export it as it is and show it to whoever answers for data protection.', { lines, line: broken })
  }
  if (lines === 0) return check('none', 'none-yet', 'No receipt has been written yet.', null, { lines })
  return check('ok', 'whole', `All ${lines} lines of receipts and audit follow from one another.`, null, { lines })
}
