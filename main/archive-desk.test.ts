import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startLab, type TestLab } from './archive/lab.fixture.ts'
import { createArchiveDesk } from './archive-desk.ts'
import { createHttp, type Http } from './http/http.ts'
import { createVault } from './vault/keyring-vault.ts'

const noKeyring = () => createVault({ load: () => Promise.reject(new Error('none')), service: 'org.scanside' })

describe('who signs in elsewhere while a run is under way', () => {
  let one: TestLab
  let other: TestLab
  let https: Http[]
  beforeEach(async () => {
    one = await startLab()
    other = await startLab()
    https = []
  })
  afterEach(async () => {
    await Promise.all(https.map((http) => http.close()))
    await Promise.all([one.stop(), other.stop()])
  })

  const deskOf = () =>
    createArchiveDesk({
      http: () => {
        const http = createHttp({ userAgent: 'Scanside/0.1.0', roots: [], system: [] })
        // Per address: both demo archives' CAs have the same name.
        for (const { archive } of [one, other]) http.trust(archive.urls.https, archive.ca)
        https.push(http)
        return http
      },
      siteRoots: [],
      siteProjects: null,
      siteArchive: null,
      vault: noKeyring(),
      memoryVault: noKeyring(),
      demoLab: {
        open: async () => ({ https: other.archive.urls.https, ca: other.archive.ca, user: 'jk', password: 'geheim' }),
        stop: () => undefined,
      },
    })
  const signIn = (desk: ReturnType<typeof deskOf>, lab: TestLab) =>
    desk.session().signIn({ address: lab.archive.urls.https, user: 'jk', password: 'geheim', provider: null, remember: false })

  it('neither reads nor writes the other archive with what is of the first', async () => {
    const desk = deskOf()
    await signIn(desk, one)
    const begun = desk.home()
    const session = (await desk.archive().sessions('P', 0, 10)).rows.at(0)
    if (!begun || !session) throw new Error('nothing to begin with')
    const path = { project: 'P', subject: session.subjectId, session: session.id }
    const { signal } = new AbortController()
    const file = (await begun.archive.scanFiles(path, '1', signal)).at(0)
    if (!file) throw new Error('no file')

    await signIn(desk, other)
    // The same ids name other people's scans there.
    expect((await desk.archive().sessions('P', 0, 10)).rows.map(({ id }) => id)).toContain(session.id)
    await expect(begun.archive.read(file, signal)).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(begun.archive.publish(path, 'p/1/r/results.json', new Uint8Array([1]), signal)).rejects.toMatchObject({ code: 'unauthorized' })
    expect(await desk.archive().published(path, signal)).toEqual([])
    expect(desk.home()?.id).not.toBe(begun.id)

    // Back at the first one it goes on where it was.
    await signIn(desk, one)
    expect(desk.home()?.id).toBe(begun.id)
    await begun.archive.publish(path, 'p/1/r/results.json', new Uint8Array([1]), signal)
    expect(await desk.archive().published(path, signal)).toHaveLength(1)
    await desk.close()
  })

  it('keeps what began at the institute apart from the demo lab', async () => {
    const desk = deskOf()
    expect(desk.runTokens()).toBeNull()
    await signIn(desk, one)
    const begun = desk.home()
    expect(desk.runTokens()?.archive.id).toBe(begun?.id)
    await desk.openDemo()
    expect(desk.home()).toMatchObject({ id: 'demo', demo: true })
    expect(await begun?.archive.projects()).not.toEqual([])
    expect(desk.runTokens()?.archive).toEqual({ id: 'demo', address: other.archive.urls.https, ca: [other.archive.ca] })
    const token = await desk.runTokens()?.issue(new AbortController().signal)
    expect([one, other].map(({ archive }) => archive.gate.tokens.has(token?.alias ?? ''))).toEqual([false, true])
    expect(await desk.runTokens()?.withdraw(token?.alias ?? '')).toBe('the archive refuses it (401)')
    await desk.signOut({ force: true, waiting: 0 })
    expect(desk.home()?.id).toBe(begun?.id)
    await desk.close()
  })
})
