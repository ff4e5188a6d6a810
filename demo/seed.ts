/** The demo lab: invented people, generated scans, good ones and bad ones. Nothing in it comes from a person. */
import { type SynthOptions, synthesise, synthesisedSize } from '../oct/synth/index.ts'
import { addUser, type Gate } from './auth.ts'
import { generatedBytes } from './bytes.ts'
import { addExperiment, addProject, addResource, addScan, addSubject, type Experiment, type Lab, type Scan, stamp } from './model.ts'
import { seedFormats } from './seed-formats.ts'

/** The account the application's demo signs in with. */
export const demoUser = { login: 'demo', password: 'demo' }

/** The patterns a study takes. */
type DemoScan = SynthOptions & { pattern: keyof typeof typeNames }

interface Visit {
  label: string
  /** ISO */
  date: string
  scans: DemoScan[]
}

interface Person {
  label: string
  group: string
  visits: Visit[]
}

/** Small enough that a laptop generates a visit in a few seconds, large enough to look like a scan. */
const volume = { pattern: 'volume', width: 384, height: 496, frames: 19 } as const
const ring = { pattern: 'ring' } as const

type Fault = NonNullable<SynthOptions['fault']>

/** Ring and volume of both eyes, each with its own fault. `seed` is the person, `take` the recording: a follow-up shows the same eyes. */
function visit(
  label: string,
  date: string,
  seed: number,
  faults: { ringOd?: Fault; ringOs?: Fault; volumeOd?: Fault; volumeOs?: Fault; take?: number } = {},
  eyes: 'both' | 'OD' | 'OS' = 'both',
): Visit {
  const scans: DemoScan[] = []
  const { take = 0 } = faults
  if (eyes !== 'OS') {
    scans.push({ ...ring, laterality: 'OD', seed, take, fault: faults.ringOd ?? 'none' })
    scans.push({ ...volume, laterality: 'OD', seed, take, fault: faults.volumeOd ?? 'none' })
  }
  if (eyes !== 'OD') {
    scans.push({ ...ring, laterality: 'OS', seed: seed + 1, take, fault: faults.ringOs ?? 'none' })
    scans.push({ ...volume, laterality: 'OS', seed: seed + 1, take, fault: faults.volumeOs ?? 'none' })
  }
  return { label, date, scans }
}

const ms: Person[] = [
  { label: 'P-0142', group: 'MS', visits: [visit('V01', '2024-03-11', 142), visit('V02', '2024-09-16', 142, { take: 1, ringOs: 'dark' })] },
  { label: 'P-0157', group: 'optic neuritis', visits: [visit('V01', '2024-03-18', 157, { ringOd: 'decentred', volumeOs: 'dark' })] },
  {
    label: 'P-0163',
    group: 'MS',
    visits: [visit('V01', '2024-04-02', 163, { volumeOd: 'cut-upper' }), visit('V02', '2024-10-08', 163, { take: 1 })],
  },
  { label: 'P-0171', group: 'control', visits: [visit('V01', '2024-04-15', 171, {}, 'OD')] },
  { label: 'P-0188', group: 'optic neuritis', visits: [visit('V01', '2024-05-06', 188, { ringOd: 'badly-lit' })] },
]

const glaucoma: Person[] = [
  {
    label: 'P-0204',
    group: 'glaucoma suspect',
    visits: [visit('V01', '2024-02-20', 204), visit('V02', '2024-08-27', 204, { take: 1, ringOd: 'cut-upper' })],
  },
  { label: 'P-0219', group: 'glaucoma', visits: [visit('V01', '2024-03-05', 219, { ringOs: 'badly-lit' }, 'OS')] },
  { label: 'P-0226', group: 'control', visits: [visit('V01', '2024-06-12', 226, { volumeOd: 'dark', ringOd: 'decentred' })] },
]

const typeNames = { ring: 'RNFL ring', volume: 'Macula volume' } as const

/** What the person at the device would have written beside such a scan. */
const quality = (fault: Fault | undefined) =>
  fault === 'none' || fault === undefined ? 'usable' : fault === 'decentred' ? 'questionable' : 'unusable'

/** A scan with its one file, which is made when somebody asks for its bytes or its digest. */
function addGenerated(lab: Lab, session: Experiment, id: string, options: DemoScan, deviceName: string): Scan {
  const scan = addScan(lab, session, id, 'xnat:optScanData', demoUser.login)
  const frames = options.pattern === 'volume' ? (options.frames ?? 25) : 1
  const fields = {
    type: `${typeNames[options.pattern]} ${options.laterality}`,
    quality: quality(options.fault),
    series_description: `DEMO ${typeNames[options.pattern].toLowerCase()}, generated`,
    modality: 'OPT',
    frames: String(frames),
    'scanner/manufacturer': 'Heidelberg Engineering',
    'scanner/model': 'Spectralis (DEMO)',
    'parameters/laterality': options.laterality === 'OD' ? 'R' : 'L',
    'parameters/fov/x': String(options.width ?? 768),
    'parameters/fov/y': String(options.height ?? 496),
  }
  for (const [path, value] of Object.entries(fields)) scan.body.fields.set(path, value)
  const resource = addResource(lab, scan.resources, 'VOL', { format: 'VOL', content: 'RAW', description: 'DEMO: generated' })
  const path = `${deviceName}_${id}.vol`
  const bytes = generatedBytes(synthesisedSize(options), () => synthesise(options))
  resource.files.set(path, { path, format: 'VOL', content: 'RAW', tags: '', modifiedAt: stamp(lab), catalogued: true, bytes })
  return scan
}

function addPeople(lab: Lab, project: string, people: Person[]): void {
  for (const person of people) {
    const subject = addSubject(lab, project, person.label, demoUser.login)
    subject.body.fields.set('group', person.group)
    for (const { label, date, scans } of person.visits) {
      const session = addExperiment(lab, subject, `${person.label}_${label}`, 'xnat:optSessionData', demoUser.login)
      session.body.fields.set('date', date)
      session.body.fields.set('visit_id', label)
      session.body.fields.set('modality', 'OPT')
      session.body.fields.set('scanner', 'DEMO Spectralis')
      scans.forEach((options, i) => {
        // A device names its exports after the patient; here after a pseudonym, and still no name may travel on.
        addGenerated(lab, session, String(i + 1), options, `${person.label.replace('-', '')}_${date.replaceAll('-', '')}_${options.laterality}`)
      })
    }
  }
}

/** A project as large as a reading centre's, metadata only. */
function addLarge(lab: Lab): void {
  addProject(lab, 'DEMO-LARGE', demoUser.login, {
    name: 'Demo: ten thousand sessions',
    description: 'DEMO. Generated list entries without files, to see how long lists behave.',
  })
  for (let i = 0; i < 2_500; i++) {
    const subject = addSubject(lab, 'DEMO-LARGE', `L-${String(i + 1).padStart(5, '0')}`, demoUser.login)
    for (let v = 1; v <= 4; v++) {
      const session = addExperiment(lab, subject, `${subject.label}_V0${v}`, 'xnat:optSessionData', demoUser.login)
      session.body.fields.set('date', `20${18 + v}-${String((i % 12) + 1).padStart(2, '0')}-${String((i % 28) + 1).padStart(2, '0')}`)
      for (const [id, type, laterality] of [
        ['1', 'RNFL ring OD', 'R'],
        ['2', 'RNFL ring OS', 'L'],
      ] as const) {
        const scan = addScan(lab, session, id, 'xnat:optScanData', demoUser.login)
        scan.body.fields.set('type', type)
        scan.body.fields.set('quality', 'usable')
        scan.body.fields.set('frames', '1')
        scan.body.fields.set('parameters/laterality', laterality)
      }
    }
  }
}

/** Users, projects, subjects and scans of the demo lab. `large` adds a project of 10,000 sessions. */
export function seedDemo(lab: Lab, gate: Gate, { large = false }: { large?: boolean } = {}): void {
  addUser(gate, demoUser.login, demoUser.password, { last: 'Technician' })
  addUser(gate, 'admin', 'demo-admin', { admin: true, last: 'Administrator' })
  addUser(gate, 'reader', 'demo', { last: 'Reader' })
  addUser(gate, 'stranger', 'demo', { last: 'Stranger' })
  addUser(gate, 'institute', 'demo', { last: 'Institute', provider: 'ldap' })
  addUser(gate, 'expired', 'demo', { last: 'Expired', passwordExpired: true })
  addUser(gate, 'locked', 'demo', { last: 'Locked', lockedUntil: Number.POSITIVE_INFINITY })
  addProject(lab, 'DEMO-MS', demoUser.login, {
    name: 'Demo: optic neuritis and MS',
    description: 'DEMO. Invented people, generated scans of the optic disc and the macula, some of them faulty on purpose.',
    piFirst: 'Demo',
    piLast: 'Investigator',
    roles: new Map([
      ['demo', 'owner'],
      ['reader', 'collaborator'],
      ['institute', 'member'],
    ]),
  })
  addPeople(lab, 'DEMO-MS', ms)
  addProject(lab, 'DEMO-GL', 'admin', {
    name: 'Demo: glaucoma follow-up',
    description: 'DEMO. Invented people, generated scans; the demo user is a member here.',
    piFirst: 'Demo',
    piLast: 'Investigator',
    roles: new Map([
      ['admin', 'owner'],
      ['demo', 'member'],
      ['reader', 'collaborator'],
    ]),
  })
  addPeople(lab, 'DEMO-GL', glaucoma)
  addProject(lab, 'DEMO-CLOSED', 'admin', { name: 'Demo: closed study', description: 'DEMO. A private project the demo user must never see.' })
  const hidden = addSubject(lab, 'DEMO-CLOSED', 'P-0901', 'admin')
  addExperiment(lab, hidden, 'P-0901_V01', 'xnat:optSessionData', 'admin').body.fields.set('date', '2024-01-09')
  seedFormats(lab, demoUser.login)
  if (large) addLarge(lab)
}
