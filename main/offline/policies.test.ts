import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { type ErrorCode, type ErrorDetails, ScansideError } from '../../oct/errors.ts'
import type { Archive } from '../archive/archive.ts'
import { answering, listsOf } from './answering.ts'
import { isCurrent } from './fetching.ts'
import type { Kept } from './kept-scans.ts'
import { type Manifest, openManifest, readHeader, sealManifest } from './manifest.ts'

const never = new AbortController().signal
const id = '0f9c1d2e-0000-4000-8000-000000000000'
const expiresAt = '2026-11-29T12:00:00.000Z'

const manifestOf = (session: string, scan: string, change: { project?: string; subject?: string; date?: string } = {}): Manifest => {
  const { project = 'P', subject = 'P-0001', date = '2026-03-01' } = change
  const uri = `/data/experiments/${session}/scans/${scan}/resources/1/files/a.vol`
  const row = { session, id: scan, type: 'ring', xsiType: 'xnat:optScanData', laterality: 'OD', quality: '', note: '', frames: 1 } as const
  return {
    archive: 'xnat.example.org',
    user: 'jk',
    ref: { project, subject: `S-${subject}`, session, scan },
    keptAt: '2026-11-22T12:00:00.000Z',
    project: { id: project, name: `Project ${project}`, description: '', access: 'member' },
    session: { id: session, label: 'V01', project, subjectId: `S-${subject}`, subjectLabel: subject, date, xsiType: 'xnat:optSessionData' },
    scan: { ...row, size: 3, files: 1, verdict: null, checkedWith: null },
    profile: null,
    files: [{ uri, name: 'a.vol', resource: 'VOL', size: 3, md5: 'a'.repeat(32), sha256: 'b'.repeat(64), key: 'c'.repeat(64) }],
  }
}
const keptOf = (...of: Parameters<typeof manifestOf>): Kept => ({ id, expiresAt, manifest: manifestOf(...of) })

describe('a manifest on disk', () => {
  const key = randomBytes(32)
  const sealed = () => sealManifest(key, id, expiresAt, manifestOf('E1', '1'))
  const open = (bytes: Buffer, by = key) => {
    const header = readHeader(bytes)
    return header && openManifest(by, header, bytes)
  }
  it('says in the clear when it ends, and nothing else of what it is', () => {
    const bytes = sealed()
    expect(readHeader(bytes)).toMatchObject({ format: 'scanside-kept', version: 1, id, expiresAt })
    for (const mark of ['P-0001', 'xnat:opt', 'example.org', 'Project P', key.toString('hex'), 'c'.repeat(64)])
      expect(bytes.toString('latin1')).not.toContain(mark)
    expect(open(bytes)).toEqual(manifestOf('E1', '1'))
  })
  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['a later end', (bytes) => Buffer.from(bytes.toString('latin1').replace('2026-11-29', '2036-11-29'), 'latin1')],
    ['another id', (bytes) => Buffer.from(bytes.toString('latin1').replace('0f9c1d2e', '0f9c1d2f'), 'latin1')],
    ['a changed byte', (bytes) => Buffer.from(bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte)))],
    ['cut short', (bytes) => bytes.subarray(0, bytes.length - 5)],
    ['no more than its line', (bytes) => bytes.subarray(0, bytes.indexOf(10) + 1)],
    ['overwritten', (bytes) => randomBytes(bytes.length)],
    ['empty', () => Buffer.alloc(0)],
  ])('is not opened: %s', (_what, change) => {
    expect(open(change(sealed()))).toBeNull()
  })
  it('is not opened with another key', () => {
    expect(open(sealed(), randomBytes(32))).toBeNull()
  })
})

describe('isCurrent', () => {
  const file = (uri: string, size = 3, md5 = 'a') => ({ uri, size, md5 })
  it.each([
    ['the same', [file('x'), file('y')], [file('y'), file('x')], true],
    ['another size', [file('x')], [file('x', 4)], false],
    ['another digest', [file('x')], [file('x', 3, 'b')], false],
    ['no digest to tell by', [file('x', 3, '')], [file('x', 3, '')], false],
    ['one more', [file('x')], [file('x'), file('y')], false],
    ['one less', [file('x'), file('y')], [file('x')], false],
    ['renamed', [file('x')], [file('y')], false],
  ])('%s', (_what, kept, listed, expected) => {
    expect(isCurrent(kept, listed)).toBe(expected)
  })
})

it('lists what is kept as the archive would: once each, in its order', () => {
  const lists = listsOf([
    keptOf('E2', '10', { subject: 'P-0002' }),
    keptOf('E2', '2', { subject: 'P-0002' }),
    keptOf('E3', '1', { date: '2026-05-01' }),
    keptOf('E1', '1'),
    keptOf('E9', '1', { project: 'A' }),
  ])
  expect(lists.projects().map((row) => row.id)).toEqual(['A', 'P'])
  expect(lists.sessions('P').map((row) => row.id)).toEqual(['E1', 'E3', 'E2'])
  expect(lists.scans('P', 'E2').map((row) => row.id)).toEqual(['2', '10'])
  expect(lists.scans('P').map((row) => `${row.session}/${row.id}`)).toEqual(['E1/1', 'E2/2', 'E2/10', 'E3/1'])
})

describe('who answers', () => {
  const mine = keptOf('E1', '1')
  const file = mine.manifest.files[0] as Manifest['files'][number]
  const path = { project: 'P', subject: 'S', session: 'E1' }
  type Live = 'here' | [ErrorCode, ErrorDetails?]
  /** `turnsAway`: the failure itself makes the session offline, as the network's do. */
  const world = (live: Live, state: { away?: boolean; nobody?: boolean; turnsAway?: boolean; none?: boolean; projects?: string[] } = {}) => {
    let away = state.away ?? false
    let asked = 0
    let answered = 0
    const there = async () => {
      asked++
      if (live === 'here') return
      if (state.turnsAway) away = true
      throw new ScansideError(live[0], 'live', live[1] ?? {})
    }
    const part: Partial<Archive> = {
      projects: () => there().then(() => []),
      scanFiles: () => there().then(() => []),
      read: () => there().then(() => Readable.from([Buffer.from('live')])),
      published: () => there().then(() => []),
      projectFile: () => there().then(() => null),
    }
    const archive = answering(part as Archive, {
      kept: { of: () => (state.none ? [] : [mine]), open: () => Readable.from([Buffer.from('kept')]) },
      whose: () => (state.nobody ? null : { archive: 'xnat.example.org', user: 'jk', away }),
      projects: state.projects ?? null,
      answered: () => {
        answered++
      },
    })
    return { archive, asked: () => asked, answered: () => answered }
  }
  const told = (work: Promise<unknown>, ofKept: (value: unknown) => boolean) =>
    work.then(
      (value) => (ofKept(value) ? 'kept' : 'live'),
      (error: ScansideError) => error.code,
    )
  const list = (archive: Archive) => told(archive.projects(), (value) => Array.isArray(value) && value.length > 0)
  const files = (archive: Archive) => told(archive.scanFiles(path, '1'), (value) => Array.isArray(value) && value.length > 0)

  it.each<[string, Live, Parameters<typeof world>[1], string, string]>([
    ['it is there', 'here', {}, 'live', 'live'],
    ['known to be away', 'here', { away: true }, 'kept', 'kept'],
    ['turns out to be away', ['unreachable', { code: 'ECONNREFUSED' }], { turnsAway: true }, 'kept', 'kept'],
    ['does not answer in time', ['timeout'], { turnsAway: true }, 'kept', 'kept'],
    ['has a fault of its own', ['unreachable', { reason: 'server-fault' }], {}, 'unreachable', 'kept'],
    ['does not let the account', ['forbidden'], {}, 'forbidden', 'forbidden'],
    ['has no such thing any more', ['not-found'], {}, 'not-found', 'not-found'],
    ['does not take the token any more', ['unauthorized'], { nobody: true }, 'unauthorized', 'unauthorized'],
    ['somebody is signed in elsewhere', ['unreachable'], { nobody: true }, 'unreachable', 'unreachable'],
    ['away, and nothing is kept', ['unreachable'], { away: true, none: true }, 'unreachable', 'unreachable'],
    ['away, nothing is kept, and it is back', 'here', { away: true, none: true }, 'live', 'live'],
    ['with a certificate nobody trusts', ['untrusted-certificate'], {}, 'untrusted-certificate', 'untrusted-certificate'],
  ])('the archive %s', async (_what, live, state, ofList, ofFiles) => {
    expect(await list(world(live, state).archive)).toBe(ofList)
    expect(await files(world(live, state).archive)).toBe(ofFiles)
  })
  it('lists no project that the site file does not name', async () => {
    expect(await world('here', { away: true, projects: ['Q'] }).archive.projects()).toEqual([])
    expect(await world('here', { away: true, projects: ['P'] }).archive.projects()).toHaveLength(1)
  })
  it('does not wait for an archive that is known to be away, and looks for it', async () => {
    const { archive, asked, answered } = world('here', { away: true })
    await archive.projects()
    expect([asked(), answered()]).toEqual([0, 1])
  })
  it('gives no file that is another one than was listed', async () => {
    const { archive } = world(['unreachable'], { away: true })
    await expect(archive.read(file, never)).resolves.toBeInstanceOf(Readable)
    await expect(archive.read({ ...file, size: 4 }, never)).rejects.toMatchObject({ code: 'unreachable' })
    await expect(archive.read({ ...file, md5: 'd'.repeat(32) }, never)).rejects.toMatchObject({ code: 'unreachable' })
    await expect(archive.read({ ...file, uri: '/data/other' }, never)).rejects.toMatchObject({ code: 'unreachable' })
  })
  it.each<[string, ScansideError, string, string]>([
    ['cut for good', new ScansideError('integrity', '', { reason: 'short' }), 'a'.repeat(32), 'abcdef'],
    ['away in the middle', new ScansideError('unreachable', ''), 'a'.repeat(32), 'abcdef'],
    ['cancelled', new ScansideError('cancelled', ''), 'a'.repeat(32), 'cancelled'],
    ['arrived other than it was', new ScansideError('integrity', ''), 'a'.repeat(32), 'integrity'],
    ['not known by its digest', new ScansideError('unreachable', ''), '', 'unreachable'],
    ['another one by now', new ScansideError('unreachable', ''), 'd'.repeat(32), 'unreachable'],
  ])('a file that is %s goes on with the copy only where it is the same', async (_what, error, md5, expected) => {
    async function* broken() {
      yield Buffer.from('abc')
      throw error
    }
    const part: Partial<Archive> = { read: async () => Readable.from(broken(), { objectMode: false }) }
    const archive = answering(part as Archive, {
      kept: { of: () => [mine], open: () => Readable.from([Buffer.from('ab'), Buffer.from('cdef')], { objectMode: false }) },
      whose: () => ({ archive: 'xnat.example.org', user: 'jk', away: false }),
      projects: null,
    })
    const got = buffer(await archive.read({ uri: file.uri, size: file.size, md5 }, never)).then(String, (thrown: ScansideError) => thrown.code)
    expect(await got).toBe(expected)
  })
  it('a file of which the copy has no digest does not go on with it', async () => {
    const vague: Kept = { ...mine, manifest: { ...mine.manifest, files: [{ ...file, md5: '' }] } }
    async function* broken() {
      yield Buffer.from('abc')
      throw new ScansideError('unreachable', '')
    }
    const part: Partial<Archive> = { read: async () => Readable.from(broken(), { objectMode: false }) }
    const archive = answering(part as Archive, {
      kept: { of: () => [vague], open: () => Readable.from([Buffer.from('xyzdef')], { objectMode: false }) },
      whose: () => ({ archive: 'xnat.example.org', user: 'jk', away: false }),
      projects: null,
    })
    await expect(buffer(await archive.read(file, never))).rejects.toMatchObject({ code: 'unreachable' })
  })
  it('makes nothing up about what was published, or what projects hold beside their profile', async () => {
    const { archive } = world(['unreachable'], { away: true })
    await expect(archive.published(path)).rejects.toMatchObject({ code: 'unreachable' })
    await expect(archive.projectFile('P', 'OTHER', 'x.json', 10, never)).rejects.toMatchObject({ code: 'unreachable' })
    expect(await archive.projectFile('P', 'SCANSIDE', 'profile.json', 10, never)).toBeNull()
    await expect(archive.projectFile('Q', 'SCANSIDE', 'profile.json', 10, never)).rejects.toMatchObject({ code: 'unreachable' })
  })
})
