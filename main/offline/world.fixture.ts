/** A desk that keeps scans of a small archive, life after life on one disk, with a keyring and a clock of the test's own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Operation } from '../../preload/contract.ts'
import type { KeptScan } from '../../preload/offline.ts'
import { fakeKeyring, startLab } from '../archive/lab.fixture.ts'
import { type ArchiveDesk, createArchiveDesk } from '../archive-desk.ts'
import { createHttp, type Http } from '../http/http.ts'
import { createLabels } from '../labels.ts'
import { createOperations } from '../operations.ts'
import { createVault, type KeytarLike } from '../vault/keyring-vault.ts'
import { createKeptScans } from './kept-scans.ts'
import { createOfflineRoom } from './offline.ts'

const noKeyring = () => createVault({ load: () => Promise.reject(new Error('none')), service: 'org.scanside.demo' })

/** Both scans of the first session of P. */
export const refsIn = async (desk: ArchiveDesk): Promise<KeptScan['ref'][]> => {
  const [row] = (await desk.archive().sessions('P', 0, 10)).rows
  if (!row) throw new Error('no session')
  return ['1', '2'].map((scan) => ({ kind: 'archive', project: 'P', subject: row.subjectId, session: row.id, scan }))
}

export const startWorld = async () => {
  const lab = await startLab()
  const keyring = fakeKeyring()
  const state = { clock: Date.parse('2026-11-22T12:00:00Z'), room: null as number | null, locked: false, removed: [] as number[] }
  const folder = mkdtempSync(join(tmpdir(), 'scanside-kept-'))
  const https: Http[] = []
  const stops: (() => void)[] = []
  const http = () => {
    const made = createHttp({ userAgent: 'Scanside/0.1.0', roots: [lab.archive.ca], system: [], random: () => 0, sleep: async () => undefined })
    https.push(made)
    return made
  }

  /** A start of the application on this desk. */
  const life = async (load: () => Promise<KeytarLike> = async () => keyring.keytar, days = 7) => {
    const vault = createVault({ load, service: 'org.scanside' })
    await vault.recheck()
    const now = () => new Date(state.clock)
    const kept = createKeptScans({ folder, vault, days, now, room: async () => state.room })
    const demoLab = { open: () => Promise.reject(new Error('no demo')), stop: () => undefined }
    const site = { siteRoots: [], siteProjects: null, siteArchive: null }
    const desk = createArchiveDesk({ http, ...site, vault, memoryVault: noKeyring(), demoLab, kept, pause: async () => undefined })
    const ended: Operation[] = []
    const hearing: (() => void)[] = []
    const heard = (operation: Operation) => {
      if (operation.state === 'running') return
      ended.push(operation)
      for (const hear of hearing.splice(0)) hear()
    }
    const operations = createOperations(heard, (error) => (error instanceof Error ? error.message : ''), Date.now)
    const removed = (count: number) => void state.removed.push(count)
    const offline = createOfflineRoom({ kept, live: desk.live, labels: createLabels(), operations, locked: () => state.locked, days, now, removed })
    const faults: unknown[] = []
    stops.push(await offline.start((error) => faults.push(error)))
    if (faults.length > 0) throw faults[0]
    return {
      desk,
      cancel: operations.cancel,
      list: () => offline.handlers['offline.list'](undefined) as { scans: KeptScan[]; bytes: number; days: number },
      forget: (refs: KeptScan['ref'][] | null) => offline.handlers['offline.forget']({ refs }),
      /** Waits for its end; `begun` hears the operation's id. */
      async keep(refs: KeptScan['ref'][], begun: (operation: string) => void = () => undefined): Promise<Operation> {
        const { operation } = await offline.handlers['offline.keep']({ refs })
        begun(operation)
        for (;;) {
          const end = ended.find(({ id }) => id === operation)
          if (end) return end
          await new Promise<void>((resolve) => hearing.push(resolve))
        }
      },
    }
  }

  return Object.assign(state, {
    lab,
    keyring,
    folder,
    life,
    signIn: (desk: ArchiveDesk, user = 'jk', password = 'geheim') =>
      desk.session().signIn({ address: lab.archive.urls.https, user, password, provider: null, remember: true }),
    /** The archive is pulled out of the wall, and this desk has noticed. */
    async goAway({ desk }: { desk: ArchiveDesk }) {
      await lab.archive.stop()
      const asked = desk.session().request({ method: 'GET', path: '/data/auth' })
      await asked.catch(() => undefined)
      if (desk.status().state !== 'offline') throw new Error('The archive is still there.')
    },
    async stop() {
      for (const stop of stops) stop()
      await Promise.all(https.map((made) => made.close()))
      await lab.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  })
}
export type World = Awaited<ReturnType<typeof startWorld>>
