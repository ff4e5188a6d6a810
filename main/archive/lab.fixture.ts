/** A small archive for tests: the demo's server with a content of its own, over HTTPS, on a clock both sides share. */
import { addUser, type Gate } from '../../demo/auth.ts'
import { memoryBytes } from '../../demo/bytes.ts'
import { createFaults } from '../../demo/faults.ts'
import { addExperiment, addProject, addResource, addScan, addSubject, type Lab, stamp } from '../../demo/model.ts'
import { type ArchiveOptions, createArchive } from '../../demo/server.ts'
import { createHttp } from '../http/http.ts'
import { createVault, type KeytarLike } from '../vault/keyring-vault.ts'
import { createSession } from './session.ts'
import { createXnat } from './xnat.ts'

export const volume = new Uint8Array(300_000).map((_, i) => (i * 7) % 251)

/** Project P: three OPT sessions of two subjects and one OP session, two scans each. READ: the same people may only look. HIDDEN: nobody. */
const fill = (lab: Lab, gate: Gate) => {
  addUser(gate, 'jk', 'geheim')
  addUser(gate, 'colon', 'ge:heim')
  addUser(gate, 'forgot', 'old', { passwordExpired: true })
  addUser(gate, 'institute', 'geheim', { provider: 'ldap1' })
  addProject(lab, 'P', 'jk', { name: 'Project P', description: 'DEMO' })
  addProject(lab, 'READ', 'somebody', { name: 'Read only', roles: new Map([['jk', 'collaborator']]) })
  addProject(lab, 'OPEN', 'somebody', { name: 'Public', access: 'public' })
  addProject(lab, 'TITLE', 'somebody', { name: 'Protected', access: 'protected' })
  addProject(lab, 'HIDDEN', 'somebody', { name: 'Hidden' })
  const session = (project: string, subject: ReturnType<typeof addSubject>, label: string, xsiType: string) => {
    const made = addExperiment(lab, subject, label, xsiType, 'jk')
    made.body.fields.set('date', '2026-03-01')
    for (const [id, eye] of [
      ['1', 'R'],
      ['2', 'L'],
    ] as const) {
      const scan = addScan(lab, made, id, 'xnat:optScanData', 'jk')
      for (const [name, value] of Object.entries({ type: 'ring', quality: 'usable', frames: '1', 'parameters/laterality': eye }))
        scan.body.fields.set(name, value)
      const resource = addResource(lab, scan.resources, 'VOL', { format: 'VOL' })
      const path = `${project} Mustermann 716.vol`
      resource.files.set(path, { path, format: 'VOL', content: '', tags: '', modifiedAt: stamp(lab), catalogued: true, bytes: memoryBytes(volume) })
    }
    return made
  }
  const [one, two, shown] = [addSubject(lab, 'P', 'P-0002', 'jk'), addSubject(lab, 'P', 'P-0001', 'jk'), addSubject(lab, 'READ', 'R-1', 'somebody')]
  session('P', one, 'V01', 'xnat:optSessionData')
  session('P', two, 'V02', 'xnat:optSessionData')
  session('P', two, 'V01', 'xnat:optSessionData')
  session('P', two, 'F01', 'xnat:opSessionData')
  session('READ', shown, 'V01', 'xnat:optSessionData')
}

/** A keyring in memory; `entries` is what would lie in the OS's. */
export const fakeKeyring = () => {
  const entries = new Map<string, string>()
  const keytar: KeytarLike = {
    getPassword: async (_service, account) => entries.get(account) ?? null,
    async setPassword(_service, account, password) {
      entries.set(account, password)
    },
    deletePassword: async (_service, account) => entries.delete(account),
  }
  return { entries, keytar }
}

export const startLab = async (options: Partial<ArchiveOptions> = {}) => {
  const clock = { ms: Date.parse('2026-11-22T12:00:00Z') }
  const now = () => clock.ms
  const faults = createFaults()
  const archive = createArchive({ seed: fill, now, faults, ...options })
  await archive.start()
  const http = createHttp({ userAgent: 'Scanside/0.1.0', roots: [archive.ca], system: [], random: () => 0, sleep: async () => undefined })
  const keyring = fakeKeyring()
  const desk = () => createSession({ http, now, vault: createVault({ load: async () => keyring.keytar, service: 'org.scanside' }) })
  const session = desk()
  return {
    archive,
    clock,
    faults,
    http,
    keyring,
    session,
    /** Another start of the application on the same desk. */
    desk,
    xnat: createXnat({ request: (request) => session.request(request), pause: async () => undefined, random: () => 0 }),
    signIn: (user = 'jk', password = 'geheim') => session.signIn({ address: archive.urls.https, user, password, provider: null, remember: true }),
    async stop() {
      await http.close()
      await archive.stop()
    },
  }
}
export type TestLab = Awaited<ReturnType<typeof startLab>>
