/** Lists, files and publishing against the demo's archive over HTTPS, with XNAT's traps and the network's. */
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addExperiment, addProject, addSubject } from '../../demo/model.ts'
import type { SessionPath } from './archive.ts'
import { startLab, type TestLab, volume } from './lab.fixture.ts'
import { createXnat } from './xnat.ts'

let lab: TestLab
beforeEach(async () => {
  lab = await startLab()
  await lab.signIn()
})
afterEach(() => lab.stop())

const never = new AbortController().signal
const bytesOf = async (stream: Readable) => Buffer.concat((await stream.toArray()) as Buffer[])
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')

/** The first session of a project. */
const pathIn = async (project: string): Promise<SessionPath> => {
  const [row] = (await lab.xnat.sessions(project, 0, 1)).rows
  return { project, subject: row?.subjectId ?? '', session: row?.id ?? '' }
}

describe('lists', () => {
  it('shows the projects a person may read, and their part in them', async () => {
    expect((await lab.xnat.projects()).map(({ id, access }) => [id, access])).toEqual([
      ['P', 'owner'],
      ['OPEN', 'read'],
      ['READ', 'collaborator'],
    ])
  })

  it('shows the projects alone that the site file fixes', async () => {
    const fixed = createXnat({ request: (request) => lab.session.request(request), projects: ['READ', 'HIDDEN'] })
    expect((await fixed.projects()).map((project) => project.id)).toEqual(['READ'])
  })

  it('lists sessions of both kinds by the page, by subject and date', async () => {
    const all = await lab.xnat.sessions('P', 0, 100)
    expect(all.more).toBe(false)
    expect(all.rows.map((row) => [row.subjectLabel, row.label, row.date, row.xsiType])).toEqual([
      ['P-0001', 'V02', '2026-03-01', 'xnat:optSessionData'],
      ['P-0001', 'V01', '2026-03-01', 'xnat:optSessionData'],
      ['P-0002', 'V01', '2026-03-01', 'xnat:optSessionData'],
      ['P-0001', 'F01', '2026-03-01', 'xnat:opSessionData'],
    ])
    for (const limit of [1, 2, 3]) {
      const paged: string[] = []
      for (let offset = 0, more = true; more; offset += limit) {
        const page = await lab.xnat.sessions('P', offset, limit)
        paged.push(...page.rows.map((row) => row.id))
        more = page.more
      }
      expect(paged, `pages of ${limit}`).toEqual(all.rows.map((row) => row.id))
    }
    expect(await lab.xnat.sessions('P', 400, 10)).toEqual({ rows: [], more: false })
  })

  it('pages through ten thousand sessions, each once', async () => {
    const { lab: content } = lab.archive
    addProject(content, 'BIG', 'jk')
    for (let i = 0; i < 1_000; i += 1) {
      const subject = addSubject(content, 'BIG', `B-${String(i).padStart(4, '0')}`, 'jk')
      for (let visit = 1; visit <= 10; visit += 1) addExperiment(content, subject, `V${visit}`, 'xnat:optSessionData', 'jk')
    }
    const seen = new Set<string>()
    let pages = 0
    for (let offset = 0, more = true; more; offset += 2_000, pages += 1) {
      const page = await lab.xnat.sessions('BIG', offset, 2_000)
      for (const row of page.rows) seen.add(row.id)
      more = page.more
    }
    expect([pages, seen.size]).toEqual([5, 10_000])
  })

  it('lists all scans of a project at once, with eye and type', async () => {
    const { rows } = await lab.xnat.projectScans('P', 0, 100)
    expect(rows).toHaveLength(8)
    expect(rows[0]).toMatchObject({ id: '1', type: 'ring', xsiType: 'xnat:optScanData', laterality: 'OD', quality: 'usable', frames: 1, size: null })
    expect(new Set(rows.map((row) => row.session)).size).toBe(4)
  })

  it('lists a session’s scans with their sizes', async () => {
    const { session } = await pathIn('P')
    expect(await lab.xnat.scans('P', session)).toEqual([
      expect.objectContaining({ session, id: '1', laterality: 'OD', size: volume.byteLength, files: 1 }),
      expect.objectContaining({ session, id: '2', laterality: 'OS', size: volume.byteLength, files: 1 }),
    ])
  })

  it('keeps what a person may not read out of sight', async () => {
    const hidden = [...lab.archive.lab.experiments.values()].find((one) => one.project === 'READ')
    lab.archive.lab.projects.get('READ')?.roles.delete('jk')
    expect((await lab.xnat.projects()).map((project) => project.id)).not.toContain('READ')
    await expect(lab.xnat.scans('READ', hidden?.id ?? '')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('does not take a web page for a list', async () => {
    await lab.xnat.projects()
    lab.faults.set({ htmlForJson: true })
    await expect(lab.xnat.projects()).rejects.toMatchObject({ code: 'not-supported', details: { reason: 'web-page' } })
  })
})

describe('files', () => {
  it('lists one scan’s files and reads them', async () => {
    const path = await pathIn('P')
    const [file, ...rest] = await lab.xnat.scanFiles(path, '1')
    expect(rest).toEqual([])
    expect(file).toMatchObject({ name: 'P Mustermann 716.vol', resource: 'VOL', size: volume.byteLength, md5: md5(volume) })
    if (!file) throw new Error('no file')
    expect(md5(await bytesOf(await lab.xnat.read(file, never)))).toBe(file.md5)
  })

  it('does not take another object’s files for those of a scan that is not there', async () => {
    await expect(lab.xnat.scanFiles(await pathIn('P'), 'NOPE')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('reads on after the server session has ended', async () => {
    const [file] = await lab.xnat.scanFiles(await pathIn('P'), '2')
    lab.archive.gate.sessions.clear()
    expect(await bytesOf(await lab.xnat.read(file ?? { uri: '', size: 0 }, never))).toHaveLength(volume.byteLength)
  })

  it('says so where fewer bytes come, where the size has changed, and where the person cancels', async () => {
    const [file] = await lab.xnat.scanFiles(await pathIn('P'), '1')
    if (!file) throw new Error('no file')
    await expect(lab.xnat.read({ ...file, size: file.size - 1 }, never)).rejects.toMatchObject({ code: 'integrity' })
    lab.faults.set({ path: '/files/', resetAfter: 70_000 })
    await expect(lab.xnat.read(file, never).then(bytesOf)).rejects.toMatchObject({ code: 'integrity' })
    lab.faults.clear()
    const abort = new AbortController()
    lab.faults.set({ path: '/files/', stallAfter: 70_000 })
    const stream = await lab.xnat.read(file, abort.signal)
    const reading = bytesOf(stream)
    abort.abort()
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('publishing', () => {
  const name = 'oct-quality/0.1.0/0f9c1d2e/results.json'
  const bytes = Buffer.from('{"schema":"x","µ":1}')
  const stored = (project: string) =>
    [...lab.archive.lab.experiments.values()]
      .filter((one) => one.project === project)
      .flatMap((one) => one.resources.flatMap((resource) => [...resource.files.values()]))

  it('is believed only when read back', async () => {
    const path = await pathIn('P')
    expect(await lab.xnat.published(path)).toEqual([])
    const published = await lab.xnat.publish(path, name, bytes, never)
    expect(published).toEqual({ path: `SCANSIDE/${name}`, size: bytes.byteLength, md5: md5(bytes), check: 'size and MD5 equal in the listing' })
    const [file] = await lab.xnat.published(path)
    expect(await bytesOf(await lab.xnat.read(file ?? { uri: '', size: 0 }, never))).toEqual(bytes)
  })

  it('may be repeated: what is there already is not sent again', async () => {
    const path = await pathIn('P')
    await lab.xnat.publish(path, name, bytes, never)
    lab.faults.set({ room: 0 })
    expect((await lab.xnat.publish(path, name, bytes, never)).check).toBe('there already: size and MD5 equal in the listing')
    expect(await Promise.all(stored('P').map((file) => file.bytes.digest()))).toEqual([md5(bytes)])
  })

  it('never overwrites another content, unless it may replace just that', async () => {
    const path = await pathIn('P')
    const older = Buffer.from('older')
    await lab.xnat.publish(path, name, older, never)
    const conflict = { code: 'conflict', details: { reason: 'other-content', size: 5, md5: md5(older) } }
    await expect(lab.xnat.publish(path, name, bytes, never)).rejects.toMatchObject(conflict)
    await expect(lab.xnat.publish(path, name, bytes, never, (theirs) => theirs.md5 === md5(bytes))).rejects.toMatchObject(conflict)
    expect(await Promise.all(stored('P').map((file) => file.bytes.digest()))).toEqual([md5(older)])
    await lab.xnat.publish(path, name, bytes, never, (theirs) => theirs.md5 === md5(older))
    expect(await Promise.all(stored('P').map((file) => file.bytes.digest()))).toEqual([md5(bytes)])
  })

  it('notices an upload that was answered 200 and not stored', async () => {
    await expect(lab.xnat.publish(await pathIn('READ'), name, bytes, never)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('kept here'),
      details: { reason: 'nothing-stored' },
    })
    expect(stored('READ')).toEqual([])
  })

  it('goes on over an upload that broke off and left a piece', async () => {
    const path = await pathIn('P')
    const large = Buffer.alloc(400_000, 7)
    lab.faults.set({ path: '/files/', resetUploadAfter: 100_000, resets: 1 })
    await expect(lab.xnat.publish(path, name, large, never)).rejects.toMatchObject({ code: 'unreachable' })
    expect((await lab.xnat.publish(path, name, large, never)).md5).toBe(md5(large))
  })

  it('says so where the archive’s disk is full', async () => {
    lab.faults.set({ room: 0 })
    await expect(lab.xnat.publish(await pathIn('P'), name, bytes, never)).rejects.toMatchObject({ code: 'disk-full' })
  })

  it('renews the session in the middle', async () => {
    const path = await pathIn('P')
    lab.archive.gate.sessions.clear()
    expect((await lab.xnat.publish(path, name, bytes, never)).size).toBe(bytes.byteLength)
  })

  it('sends no name that is not opaque', async () => {
    const path = await pathIn('P')
    for (const bad of ['results.json', '../../x/y/z', 'oct-quality/0.1.0/run/Mustermann Erika.json']) {
      await expect(lab.xnat.publish(path, bad, bytes, never)).rejects.toMatchObject({ code: 'invalid-argument' })
    }
    expect(stored('P')).toEqual([])
  })
})

it('reads the bytes back where the archive keeps no digests', async () => {
  const plain = await startLab({ checksums: false })
  try {
    await plain.signIn()
    const [row] = (await plain.xnat.sessions('P', 0, 1)).rows
    const path = { project: 'P', subject: row?.subjectId ?? '', session: row?.id ?? '' }
    const published = await plain.xnat.publish(path, 'oct-quality/0.1.0/run/results.json', Buffer.from('{}'), never)
    expect(published.check).toBe('bytes read back, equal')
  } finally {
    await plain.stop()
  }
})

describe('a file of a project', () => {
  it('is read where it is there, and null where it or its resource is not', async () => {
    const file = (name: string, limit = 1000) => lab.xnat.projectFile('P', 'SCANSIDE', name, limit, never)
    expect(await file('profile.json')).toBeNull()
    const put = await lab.session.request({
      method: 'PUT',
      path: '/data/projects/P/resources/SCANSIDE/files/profile.json?inbody=true',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{"name":"own"}'),
    })
    await put.discard()
    expect(Buffer.from((await file('profile.json')) ?? []).toString()).toBe('{"name":"own"}')
    expect(await file('other.json')).toBeNull()
    await expect(file('profile.json', 5)).rejects.toMatchObject({ code: 'invalid-file' })
    expect(await lab.xnat.projectFile('READ', 'SCANSIDE', 'profile.json', 1000, never)).toBeNull()
  })
})
