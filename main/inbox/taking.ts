/** From whole files to a verdict: into the encrypted cache, whose scan it is, judged, written down. Nothing of it touches the disk in the clear. */
import { createHash, randomUUID } from 'node:crypto'
import { ScansideError } from '../../oct/errors.ts'
import { type Identity, readIdentity } from '../../oct/formats/identity.ts'
import type { EarlierScan } from '../../oct/quality/examination.ts'
import { pipeline } from '../../oct/quality/judge.ts'
import type { Profile } from '../../oct/quality/profile.ts'
import { protocolFor } from '../../oct/quality/protocol-for.ts'
import type { ScanResult } from '../../oct/results.ts'
import type { NamedSource, Scan } from '../../oct/scan.ts'
import type { Judgement, Judging } from '../engines/builtin/judging.ts'
import type { FileToTake, LocalFile, LocalScans } from '../scans/local.ts'
import type { ParseScan } from '../scans/parse.ts'
import type { InboxRecord, InboxRecords, Place } from '../store/lab-inbox.ts'
import { comparisons, toStored } from './earlier.ts'
import { localTime } from './local-time.ts'
import type { Shelf, ShelvedScan } from './shelf.ts'
import { volLook } from './whole.ts'

export interface TakingOptions {
  records: InboxRecords
  shelf: Shelf
  locals: Pick<LocalScans, 'take' | 'find' | 'has' | 'drop'>
  parse: ParseScan
  judging: Judging
  profile: Profile
  now: () => Date
  /** ms, of the clock `readableAt` is of */
  clock: () => number
  onChange(): void
  /** A verdict, or a refusal, is there to be read. */
  onJudged(scan: string): void
  report(error: unknown): void
}

type Told = Pick<Scan, 'pattern' | 'laterality' | 'device' | 'acquiredAt'>

/** A scan that is judged before it is copied. */
interface Ahead {
  scan: ShelvedScan
  judgement: Promise<Judgement>
  drop(): void
}

export interface Source {
  /** The watched folder; empty for dropped files. */
  folder: string
  demo: boolean
  /** Where its files lay. */
  places: readonly Place[]
  /** ms; when its last byte was readable */
  readableAt: number
  urgent: boolean
  /** Refused now rather than tried again. */
  final: boolean
  /** Whether its files are still as they were when they were found whole: `away` where they can no longer be looked at. */
  still(): Promise<'same' | 'changed' | 'away'>
}

/** One digest for a set, whatever the order of its files. */
export const setDigest = (files: readonly { file: { sha256: string } }[]): string =>
  createHash('sha256')
    .update(
      files
        .map(({ file }) => file.sha256)
        .sort()
        .join('\n'),
    )
    .digest('hex')

/** Builds the way from files to verdicts. */
export function createTaking(options: TakingOptions) {
  const { records, shelf, locals, parse, judging, profile, now, clock, onChange, onJudged, report } = options
  const closing = new AbortController()
  const judged = new Map<string, Promise<void>>()

  /** What can be told of a scan before it is judged. A RAW export's header is enough; everything else is read by the parser's worker. */
  const look = async (files: readonly LocalFile[]): Promise<Told> => {
    const vol = files.find(({ kind }) => kind === 'heidelberg-vol')
    const told = vol && (await volLook(vol.file))
    if (told) return told
    const named = files.map(({ name, file }) => ({ name, source: file }))
    return parse(named, closing.signal)
  }

  /** A desk whose records can only be read still tells the technician what it sees. */
  const written = (work: () => void) => {
    try {
      work()
    } catch (error) {
      report(error)
    }
  }

  const recordWith = (told: Told, identity: Identity, id: string, digest: string, source: Source): InboxRecord => {
    const arrived = now()
    const taken = told.acquiredAt === undefined ? null : localTime(new Date(told.acquiredAt))
    return {
      id,
      digest,
      ...identity,
      day: taken?.day ?? localTime(arrived).day,
      takenAt: taken?.time ?? '',
      arrivedAt: arrived.toISOString(),
      arrivedDay: localTime(arrived).day,
      laterality: told.laterality,
      pattern: told.pattern,
      protocol: protocolFor(profile, told)?.id ?? null,
      discSide: null,
      problem: null,
      folder: source.folder,
      demo: source.demo,
      read: false,
      copyMs: null,
      analysisMs: null,
      verdictMs: null,
    }
  }
  const recordOf = async (files: readonly LocalFile[], digest: string, source: Source, known: ShelvedScan | null, copyMs: number) => {
    const told = await look(files)
    const identity = await readIdentity(files.filter(({ kind }) => kind !== 'picture').map(({ name, file }) => ({ name, source: file })))
    return { ...recordWith(told, identity, known?.record.id ?? randomUUID(), digest, source), copyMs: Math.max(0, copyMs) }
  }

  const refuse = (files: readonly LocalFile[], digest: string, source: Source, error: unknown): string => {
    const nothing = { pattern: 'unknown', laterality: 'unknown', device: '' } as const
    const record = {
      ...recordWith(nothing, { patient: '', visit: '' }, randomUUID(), digest, source),
      problem: error instanceof ScansideError ? error.message : 'This file could not be read. It is untouched; export the scan again.',
    }
    written(() => records.add(record, source.places, digestsOf(files)))
    shelf.scans.set(record.id, { record, state: 'refused', verdict: null, provisional: null, local: null, decision: null, overrides: [] })
    onJudged(record.id)
    return record.id
  }

  const ask = (scan: ShelvedScan, files: readonly NamedSource[], inputs: ScanResult['inputs'], source: Source, signal: AbortSignal) =>
    judging.judge({
      files,
      inputs,
      profile,
      ...comparisons(scan.record, shelf.ofPatient(scan.record.patient), shelf.visitMates(scan.record), records),
      urgent: source.urgent,
      signal,
      onProvisional: (first) => {
        scan.provisional = first
        onChange()
      },
    })
  /** A RAW export that is whole is judged where it lies while it is copied: that takes as long as a first word. Null where it cannot be read just now. */
  const judgeAhead = async (file: NamedSource, source: Source): Promise<Ahead | null> => {
    const told = await volLook(file.source).catch(() => null)
    if (!told) return null
    const record = recordWith(told, await readIdentity([file]), randomUUID(), '', source)
    const scan: ShelvedScan = { record, state: 'judging', verdict: null, provisional: null, local: null, decision: null, overrides: [] }
    shelf.scans.set(record.id, scan)
    onChange()
    const stop = new AbortController()
    const judgement = ask(scan, [file], [], source, AbortSignal.any([closing.signal, stop.signal]))
    judgement.catch(() => undefined)
    const drop = () => {
      stop.abort()
      shelf.scans.delete(record.id)
      onChange()
    }
    return { scan, judgement, drop }
  }

  const judge = async (scan: ShelvedScan, files: readonly LocalFile[], source: Source, ahead: Ahead | null): Promise<void> => {
    const inputs = files
      .filter(({ kind }) => kind !== 'picture')
      .map(({ file, extension }, index) => ({
        name: `scan-${scan.record.id}${index === 0 ? '' : `-${index + 1}`}${extension}`,
        size: file.size,
        sha256: file.pseudonymisedSha256 ?? file.sha256,
      }))
    const first = await ahead?.judgement
    // Taken away or locked while it was judged: its copy is not.
    const again = () =>
      ask(
        scan,
        files.map(({ name, file }) => ({ name, source: file })),
        inputs,
        source,
        closing.signal,
      )
    // Judged where it lay, which has to be what was copied.
    const judgement = first && !first.result.error && (await source.still()) === 'same' ? first : await again()
    const { asEarlier, discSide, thumb, analysisMs } = judgement
    const result = { ...judgement.result, inputs }
    const { facts } = result
    scan.record = {
      ...scan.record,
      ...(facts ? { laterality: facts.laterality, pattern: facts.pattern, protocol: facts.protocol } : {}),
      discSide,
      analysisMs: Math.max(0, analysisMs),
      verdictMs: source.urgent ? Math.max(0, clock() - source.readableAt) : null,
    }
    keep(scan, files, source, result, thumb, asEarlier && scan.record.patient !== '' ? forNextVisit(asEarlier, result) : null)
  }
  const keep = (
    scan: ShelvedScan,
    files: readonly LocalFile[],
    source: Source,
    result: ScanResult,
    thumb: Parameters<InboxRecords['addVerdict']>[2],
    earlier: Parameters<InboxRecords['addVerdict']>[3],
  ) => {
    const verdict = { profile: profile.name, at: now().toISOString(), pipeline: { ...pipeline, profile: profile.name }, result }
    Object.assign(scan, { state: 'judged', provisional: null, verdict })
    // What failed for a reason that is not the file's is judged again at the next start.
    if (hasPassing(result)) return onJudged(scan.record.id)
    written(() => {
      if (records.byDigest(scan.record.digest)) {
        records.update(scan.record)
        records.lay(source.folder, scan.record.id, source.places)
        records.addVerdict(scan.record.id, verdict, thumb, earlier)
      } else records.add(scan.record, source.places, digestsOf(files), { verdict, thumb, earlier })
    })
    onJudged(scan.record.id)
  }

  const waitingLate = () => [...judged.keys()].filter((id) => shelf.scans.get(id)?.state === 'judging').length

  return {
    /** Scans being judged. */
    pending: () => judged.size,
    /** Where what nobody waits for has to wait itself, so that it fills neither cache nor queue. */
    full: () => waitingLate() >= 4,
    /**
     * Takes the files of a scan; answers once its bytes are here, and judges behind that. An identical scan is the one that is known.
     * `later`: what is there cannot be read as a scan yet.
     * @throws what reading the files throws, and the cache's sentences
     */
    take: async (
      wanted: readonly FileToTake[],
      own: readonly number[],
      source: Source,
      signal: AbortSignal,
      lying: NamedSource | null = null,
    ): Promise<string | 'later'> => {
      const ahead = lying && source.urgent ? await judgeAhead(lying, source) : null
      try {
        const { local, files } = await locals.take(wanted, AbortSignal.any([signal, closing.signal]))
        // Written over while it was copied: half of it is another scan's.
        if ((await source.still()) === 'changed') {
          await locals.drop(local)
          throw overwritten()
        }
        const mine = own.flatMap((index) => files[index] ?? [])
        return await begin(local, files, mine, source, ahead)
      } catch (error) {
        ahead?.drop()
        // Too large, or nothing a scan is kept in: that will not pass.
        if (!(error instanceof ScansideError) || error.code !== 'invalid-file' || closing.signal.aborted) throw error
        const lay = createHash('sha256')
          .update(JSON.stringify([source.folder, source.places]))
          .digest('hex')
        return shelf.byDigest(lay)?.record.id ?? refuse([], lay, source, error)
      }
    },
    /** The same for files that were dropped. */
    takeSet: (local: string, files: readonly LocalFile[], source: Source) => begin(local, files, files, source, null),
    /** Whether these files are the scan's: for bytes that are fetched again. DICOM photographs beside it may have come or gone. */
    isOf: (scan: ShelvedScan, files: readonly LocalFile[]): boolean => {
      if (setDigest(files) === scan.record.digest) return true
      return files.length > 1 && files.some((file) => setDigest(files.filter((each) => each !== file)) === scan.record.digest)
    },
    /** Once everything that is being judged is judged. */
    settled: async () => {
      await Promise.allSettled([...judged.values()])
    },
    close: async () => {
      closing.abort()
      await Promise.allSettled([...judged.values()])
    },
  }

  async function begin(
    local: string,
    files: readonly LocalFile[],
    own: readonly LocalFile[],
    source: Source,
    ahead: Ahead | null,
  ): Promise<string | 'later'> {
    const copyMs = clock() - source.readableAt
    const digest = setDigest(own)
    const known = shelf.byDigest(digest)
    // Without a verdict and without a reason for that it was never judged to the end.
    const unended = known?.state === 'refused' && known.record.problem === null
    if (known && !unended && (known.state !== 'judged' || (known.verdict?.profile === profile.name && !hasPassing(known.verdict.result)))) {
      ahead?.drop()
      // A dropped set may be open in the window by its id; a copy of what is here already is let go.
      if (source.folder !== '' && known.local !== null && locals.has(known.local)) await locals.drop(local)
      else known.local = local
      if (known.state !== 'judging') written(() => records.lay(source.folder, known.record.id, source.places))
      onChange()
      return known.record.id
    }
    if (ahead && !known) {
      const { scan } = ahead
      scan.record = { ...scan.record, digest, copyMs: Math.max(0, copyMs) }
      scan.local = local
      follow(scan, files, source, ahead)
      return scan.record.id
    }
    ahead?.drop()
    let record: InboxRecord
    try {
      record = await recordOf(files, digest, source, known, copyMs)
    } catch (error) {
      if (closing.signal.aborted) throw error
      if (source.folder !== '') await locals.drop(local)
      return source.final ? refuse(own, digest, source, error) : 'later'
    }
    const before = known ? { decision: known.decision, overrides: known.overrides } : { decision: null, overrides: [] }
    const scan: ShelvedScan = {
      record: known ? { ...known.record, protocol: record.protocol, read: false } : record,
      state: 'judging',
      verdict: known?.verdict ?? null,
      provisional: null,
      local,
      ...before,
    }
    shelf.scans.set(record.id, scan)
    follow(scan, files, source, null)
    return record.id
  }

  function follow(scan: ShelvedScan, files: readonly LocalFile[], source: Source, ahead: Ahead | null): void {
    const { id } = scan.record
    onChange()
    const work = judge(scan, files, source, ahead)
      .catch((error: unknown) => {
        // Only closing ends it: what was not judged is taken again at the next start.
        shelf.scans.delete(id)
        if (!closing.signal.aborted) report(error)
      })
      .finally(() => judged.delete(id))
    judged.set(id, work)
  }
}

export type Taking = ReturnType<typeof createTaking>

/** As a file that another program holds: tried again without a word. */
const overwritten = () => Object.assign(new Error('the file was written over while it was copied'), { code: 'EAGAIN' })

/** No verdict, but not because of the file: another try may have one. */
const hasPassing = ({ error }: ScanResult): boolean => error !== undefined && !['invalid-file', 'not-supported'].includes(error.code)

/** What a later visit is held against. Of a scan that has to be taken again the numbers are enough. */
const forNextVisit = (earlier: EarlierScan, { verdict }: ScanResult) => {
  const { slo, ...rest } = earlier
  return toStored(verdict === 'unusable' || !slo ? rest : earlier)
}

/** Digests by which a scan is found again: as it is, and as an engine is given it. */
const digestsOf = (files: readonly LocalFile[]): string[] =>
  files.filter(({ kind }) => kind !== 'picture').flatMap(({ file }) => [file.sha256, ...(file.pseudonymisedSha256 ? [file.pseudonymisedSha256] : [])])
