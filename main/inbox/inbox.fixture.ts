/** The Inbox over real folders and a memory desk, with a judge that answers what a test wants. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bytesSource } from '../../oct/formats/bytes.ts'
import { readScan } from '../../oct/formats/index.ts'
import { defaultProfile, type Profile } from '../../oct/quality/profile.ts'
import { protocolFor } from '../../oct/quality/protocol-for.ts'
import type { Criterion, ScanResult, Verdict } from '../../oct/results.ts'
import type { NamedSource } from '../../oct/scan.ts'
import { type SynthOptions, synthesise } from '../../oct/synth/index.ts'
import type { InboxScan } from '../../preload/inbox.ts'
import type { Judgement, JudgeRequest, Judging } from '../engines/builtin/judging.ts'
import { createPeople, type SitePerson } from '../people/people.ts'
import { openFramedCache } from '../scans/framed-cache.ts'
import { createLocalScans } from '../scans/local.ts'
import type { ParseScan } from '../scans/parse.ts'
import { type Lab, openLab } from '../store/lab.ts'
import type { FolderAccess } from './folder-access.ts'
import { createInbox } from './inbox.ts'

const small = { width: 64, height: 96 } as const

/** A small RAW export of an invented patient. */
export const scanFile = (patient: string, visit: string, options: Partial<SynthOptions> = {}, takenAt = '2027-03-14T09:30:00Z'): Uint8Array => {
  const bytes = synthesise({ pattern: 'ring', laterality: 'OD', seed: 1, ...small, ...options })
  bytes.set(new TextEncoder().encode(patient), 140)
  bytes.set(new TextEncoder().encode(visit), 176)
  new DataView(bytes.buffer).setBigUint64(88, BigInt(Date.parse(takenAt)) * 10_000n + 116_444_736_000_000_000n, true)
  return bytes
}

export const criterion = (id: string, status: Criterion['status'], value: number | null = 1): Criterion => ({
  id,
  status,
  value,
  unit: '',
  threshold: '>= 1',
  evidence: 'own',
  reason: 'As it is.',
})

/** Judges nothing: says what it was told, in the order of the asking; `usable` once nothing is left. */
export const fakeJudging = () => {
  const answers: (Verdict | 'worker-lost')[] = []
  const asked: JudgeRequest[] = []
  let held: Promise<void> = Promise.resolve()
  const judging: Judging = {
    judge: async (request): Promise<Judgement> => {
      asked.push(request)
      const answer = answers.shift() ?? 'usable'
      const verdict = answer === 'worker-lost' ? 'unknown' : answer
      request.onProvisional?.({ verdict: 'unknown', decidedBy: [], criteria: [] })
      await Promise.race([held, new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(new Error('cancelled'))))])
      const scan = await readScan(request.files as NamedSource[])
      const failed = verdict === 'usable' ? [] : ['completeness']
      const result: ScanResult = {
        inputs: request.inputs,
        verdict,
        action: verdict === 'usable' ? 'keep' : 'retake',
        decidedBy: failed,
        criteria: [criterion('completeness', verdict === 'usable' ? 'pass' : 'fail', 50), criterion('S', 'pass', 30)],
        series: [],
        intervals: [{ frame: 0, from: 0, to: 9, kind: 'cut-upper' }],
        files: [],
        facts: {
          device: scan.device,
          pattern: scan.pattern,
          laterality: scan.laterality,
          protocol: protocolFor(request.profile, scan)?.id ?? null,
          frames: scan.frames.length,
          width: scan.width,
          height: scan.height,
        },
        ...(verdict === 'unknown' ? { error: { code: answer === 'worker-lost' ? 'internal' : 'invalid-file', message: 'No verdict.' } } : {}),
      }
      const { pattern, laterality, width, frames, spacing } = scan
      return {
        result,
        asEarlier: { pattern, laterality, width, frames: frames.length, spacing },
        discSide: 'right',
        thumb: { width: 2, height: 1, pixels: Uint8Array.of(7, 8) },
        analysisMs: 5,
      }
    },
    close: async () => {},
  }
  return {
    judging,
    answers,
    asked,
    /** Lets nothing be judged until the answer is called. */
    hold: () => {
      let go = () => {}
      held = new Promise((resolve) => {
        go = resolve
      })
      return () => go()
    },
  }
}

const parse: ParseScan = async (files) => {
  const copies = await Promise.all(files.map(async ({ name, source }) => ({ name, source: bytesSource(await source.read(0, source.size)) })))
  return readScan(copies)
}

export interface DeskOptions {
  lab?: Lab
  profile?: Profile
  people?: readonly SitePerson[] | null
  access?: FolderAccess
  /** Folders of the site below the desk's own. */
  site?: readonly { path: string; label: string }[] | null
  now?: () => Date
}

/** A desk with one folder that a device exports to. */
export async function openDesk(options: DeskOptions = {}) {
  const home = await mkdtemp(join(tmpdir(), 'scanside-inbox-'))
  const now = options.now ?? (() => new Date())
  const lab = options.lab ?? openLab({ path: null, key: null, chainKey: '00'.repeat(32), now })
  const cache = await openFramedCache(join(home, 'cache'))
  const locals = createLocalScans(cache, { mint: () => '/bulk/x', revoke: () => {} })
  const judge = fakeJudging()
  const errors: unknown[] = []
  const people = createPeople({
    site: { people: options.people ?? [{ id: 'jk', name: 'J. K.', pin: null }], idleMinutes: 0 },
    lab,
    now,
  })
  const inbox = createInbox({
    lab,
    locals,
    parse,
    judging: judge.judging,
    people,
    profile: options.profile ?? defaultProfile,
    profileProblem: null,
    folders: options.site ?? null,
    demoDevice: null,
    now,
    report: (error) => errors.push(error),
    ...(options.access ? { access: options.access } : {}),
  })
  const get = () => inbox.store.get()
  return {
    home,
    lab,
    locals,
    judge,
    people,
    inbox,
    errors,
    get,
    scan: (id: string | null | undefined): InboxScan => {
      const found = get().scans.find((each) => each.id === id)
      if (!found) throw new Error(`no scan ${id}; errors: ${errors.map(String).join(', ')}`)
      return found
    },
    /** Once something is so; a minute at most. */
    until: async (so: () => boolean): Promise<void> => {
      for (let tries = 0; tries < 3_000; tries++) {
        if (so()) return
        await sleep(20)
      }
      throw new Error(`it never came so: ${JSON.stringify(get()).slice(0, 2_000)}; errors: ${errors.map(String).join(', ')}`)
    },
    close: async () => {
      await inbox.close()
      await cache.close()
      await rm(home, { recursive: true, force: true })
    },
  }
}

export type TestDesk = Awaited<ReturnType<typeof openDesk>>
