/** A project that shows what the viewer can: one scan in each format and pattern, and the same eye at two visits. All generated. */
import { uidOf, writeDicom } from '../oct/formats/dicom/write.ts'
import { writeE2e } from '../oct/formats/e2e/write.ts'
import { writeHeyexXml } from '../oct/formats/heyex-xml/write.ts'
import { layerNames } from '../oct/formats/vol-layout.ts'
import { frameCount } from '../oct/synth/course.ts'
import type { SynthOptions } from '../oct/synth/index.ts'
import { synthesise, synthesisedSize } from '../oct/synth/index.ts'
import { type Bytes, generatedBytes, generatedFiles } from './bytes.ts'
import { generate } from './generated-scan.ts'
import { addExperiment, addProject, addResource, addScan, addSubject, type Experiment, type Lab, stamp } from './model.ts'

interface Facts {
  type: string
  laterality: 'OD' | 'OS'
  frames: number
  width: number
  /** Label of the resource and format of its files. */
  resource: string
}

/** A scan with its files, which are made when somebody asks for them. */
function addFiles(lab: Lab, session: Experiment, user: string, facts: Facts, files: Map<string, Bytes>): void {
  const scan = addScan(lab, session, String(session.scans.length + 1), 'xnat:optScanData', user)
  const fields = {
    type: `${facts.type} ${facts.laterality}`,
    quality: 'usable',
    series_description: `DEMO ${facts.type.toLowerCase()}, generated`,
    modality: 'OPT',
    frames: String(facts.frames),
    'scanner/manufacturer': 'Heidelberg Engineering',
    'scanner/model': 'Spectralis (DEMO)',
    'parameters/laterality': facts.laterality === 'OD' ? 'R' : 'L',
    'parameters/fov/x': String(facts.width),
    'parameters/fov/y': '496',
  }
  for (const [path, value] of Object.entries(fields)) scan.body.fields.set(path, value)
  const format = facts.resource
  const resource = addResource(lab, scan.resources, format, { format, content: 'RAW', description: 'DEMO: generated' })
  for (const [path, bytes] of files) {
    resource.files.set(path, { path, format, content: 'RAW', tags: '', modifiedAt: stamp(lab), catalogued: true, bytes })
  }
}

const framesOf = (options: SynthOptions): number => frameCount(options.pattern, options.frames)

const addVol = (lab: Lab, session: Experiment, user: string, type: string, options: SynthOptions): void => {
  const facts = { type, laterality: options.laterality, frames: framesOf(options), width: options.width ?? 768, resource: 'VOL' }
  const bytes = generatedBytes(synthesisedSize(options), () => synthesise(options))
  addFiles(lab, session, user, facts, new Map([[`demo_${session.scans.length + 1}.vol`, bytes]]))
}

type Plain = Parameters<typeof generate>[0]

/** As a device sends it: the tomography in one file, the picture it lies on in another. */
const addDicom = (lab: Lab, session: Experiment, user: string, type: string, options: Plain): void => {
  const facts = { type, laterality: options.laterality, frames: framesOf(options), width: options.width ?? 768, resource: 'DICOM' }
  const make = () => {
    const scan = generate(options)
    const { slo } = scan
    const laterality = options.laterality === 'OD' ? 'R' : 'L'
    const uid = uidOf(options.seed * 10)
    const common = { laterality, field: 30, manufacturer: 'Heidelberg Engineering', model: 'Spectralis (DEMO)' } as const
    return {
      'tomography.dcm': writeDicom({
        ...common,
        kind: 'opt',
        syntax: 'rle',
        width: scan.width,
        height: scan.height,
        frames: scan.frames.length,
        frame: (index) => scan.frames[index]?.grey() ?? new Uint8Array(scan.width * scan.height),
        spacing: { axial: scan.spacing.axial, lateral: scan.spacing.lateral },
        ...(scan.spacing.between > 0 ? { thickness: scan.spacing.between } : {}),
        locations: scan.frames.map(({ location }) => location),
        reference: { uid, spacing: slo.spacing },
        uid: uidOf(options.seed * 10 + 1),
        acquiredAt: '20240607093000+0200',
        zone: '+0200',
      }),
      'slo.dcm': writeDicom({
        ...common,
        kind: 'op',
        syntax: 'explicit',
        width: slo.width,
        height: slo.height,
        frames: 1,
        frame: () => slo.grey,
        spacing: { axial: slo.spacing.y, lateral: slo.spacing.x },
        uid,
      }),
    }
  }
  addFiles(lab, session, user, facts, generatedFiles(['tomography.dcm', 'slo.dcm'], make))
}

/** Heidelberg's XML export with one picture for each B-scan. */
const addXml = (lab: Lab, session: Experiment, user: string, type: string, options: Plain): void => {
  const frames = framesOf(options)
  const facts = { type, laterality: options.laterality, frames, width: options.width ?? 768, resource: 'XML' }
  const names = ['scan.xml', 'SLO.tif', ...Array.from({ length: frames }, (_, index) => `B${index + 1}.tif`)]
  const make = (): Record<string, Uint8Array> => {
    const scan = generate(options)
    const { width, height, slo } = scan
    const files = writeHeyexXml({
      pattern: options.pattern,
      laterality: options.laterality,
      spacing: scan.spacing,
      frames: scan.frames.map((frame) => ({
        width,
        height,
        pixels: frame.grey(),
        location: frame.location,
        layers: layerNames.slice(0, 3).map((name, layer) => ({ name, rows: frame.rows(layer) })),
        quality: Math.round(frame.quality),
        art: 16,
      })),
      pictures: { type: 'tif' },
      slo: { width: slo.width, height: slo.height, pixels: slo.grey, spacing: slo.spacing, field: 30 },
      edi: false,
      resolution: width >= 512 ? 'HR' : 'HS',
      taken: { local: '2024-06-07T09:30:00.0', ahead: 120 },
    })
    return Object.fromEntries(files.map(({ name, bytes }) => [name, bytes]))
  }
  addFiles(lab, session, user, facts, generatedFiles(names, make))
}

/** Heidelberg's whole-patient container, here with one series. */
const addE2e = (lab: Lab, session: Experiment, user: string, type: string, options: Plain & { pattern: 'volume' }): void => {
  const facts = { type, laterality: options.laterality, frames: framesOf(options), width: options.width ?? 768, resource: 'E2E' }
  const make = () => {
    const scan = generate(options)
    const { width, height, slo } = scan
    const frames = scan.frames.map((frame) => ({
      width,
      height,
      pixels: frame.reflectivity(),
      layers: layerNames.slice(0, 3).map((name, layer) => ({ name, rows: frame.rows(layer) })),
    }))
    const series = {
      id: 1,
      laterality: options.laterality,
      pattern: 3,
      axial: scan.spacing.axial,
      slo: { width: slo.width, height: slo.height, pixels: slo.grey },
      frames,
    }
    return { 'scan.e2e': writeE2e({ series: [series] }) }
  }
  addFiles(lab, session, user, facts, generatedFiles(['scan.e2e'], make))
}

/** The project DEMO-FORMATS of the demo lab, owned by `user`. */
export function seedFormats(lab: Lab, user: string): void {
  addProject(lab, 'DEMO-FORMATS', user, {
    name: 'Demo: scan formats',
    description: 'DEMO. Generated scans: each pattern and each format Scanside shows.',
    piFirst: 'Demo',
    piLast: 'Investigator',
  })
  const sessionOf = (subject: ReturnType<typeof addSubject>, label: string, date: string): Experiment => {
    const session = addExperiment(lab, subject, `${subject.label}_${label}`, 'xnat:optSessionData', user)
    session.body.fields.set('date', date)
    session.body.fields.set('visit_id', label)
    session.body.fields.set('modality', 'OPT')
    session.body.fields.set('scanner', 'DEMO Spectralis')
    return session
  }
  const patterns = sessionOf(addSubject(lab, 'DEMO-FORMATS', 'F-PATTERNS', user), 'V01', '2024-06-03')
  const small = { width: 384, height: 496 } as const
  addVol(lab, patterns, user, 'Dense volume', { pattern: 'volume', laterality: 'OD', seed: 501, frames: 61, ...small })
  addVol(lab, patterns, user, 'Line', { pattern: 'line', laterality: 'OS', seed: 503 })
  addVol(lab, patterns, user, 'Radial', { pattern: 'radial', laterality: 'OD', seed: 501 })
  addVol(lab, patterns, user, 'Radial and circles', { pattern: 'radial-circles', laterality: 'OS', seed: 503 })
  addVol(lab, patterns, user, 'Ring of a myopic eye', { pattern: 'ring', laterality: 'OD', seed: 507, focus: -11.8, ringRadius: 2.18 })

  const formats = addSubject(lab, 'DEMO-FORMATS', 'F-FORMATS', user)
  const dicom = sessionOf(formats, 'DICOM', '2024-06-07')
  addDicom(lab, dicom, user, 'DICOM volume', { pattern: 'volume', laterality: 'OD', seed: 511, frames: 19, ...small })
  addDicom(lab, dicom, user, 'DICOM ring', { pattern: 'ring', laterality: 'OD', seed: 511 })
  const xml = sessionOf(formats, 'XML', '2024-06-07')
  addXml(lab, xml, user, 'XML volume', { pattern: 'volume', laterality: 'OS', seed: 512, frames: 19, ...small })
  const e2e = sessionOf(formats, 'E2E', '2024-06-07')
  addE2e(lab, e2e, user, 'E2E volume', { pattern: 'volume', laterality: 'OD', seed: 513, frames: 7, ...small })
}
