/** One object as a document: XML, or the JSON of XNAT's ItemJSONBuilder. */
import type { Exchange } from './exchange.ts'
import { notFound, type Reply } from './http.ts'
import { locate } from './locate.ts'
import type { Experiment, Node, Project, Resource, Stamped } from './model.ts'
import { catalogued, labelIn } from './model.ts'
import { elementOf, writeElement } from './xml.ts'

interface Item {
  body: Node
  /** Identity and joined values, before the body's own fields. */
  own: Record<string, string>
  meta: Stamped
  children: Map<string, Item[]>
}

const resourceItem = (resource: Resource, meta: Stamped): Item => ({
  body: { xsiType: 'xnat:resourceCatalog', fields: new Map(), children: new Map() },
  own: {
    label: resource.label,
    xnat_abstractresource_id: String(resource.id),
    format: resource.format,
    content: resource.content,
    file_count: String(catalogued(resource).length),
    file_size: String(catalogued(resource).reduce((sum, file) => sum + file.bytes.size, 0)),
  },
  meta,
  children: new Map(),
})

function withResources(item: Item, field: string, resources: Resource[]): Item {
  if (resources.length > 0)
    item.children.set(
      field,
      resources.map((resource) => resourceItem(resource, item.meta)),
    )
  return item
}

function nodeItem(body: Node, meta: Stamped): Item {
  const children = new Map([...body.children].map(([path, nodes]) => [path, nodes.map((one) => nodeItem(one, meta))]))
  return { body, own: {}, meta, children }
}

function experimentItem(experiment: Experiment, from: string): Item {
  const own: Record<string, string> = { ID: experiment.id, project: experiment.project, label: labelIn(experiment, from) ?? experiment.label }
  if (experiment.session === undefined) own.subject_ID = experiment.subject
  else own.imageSession_ID = experiment.session
  const item: Item = { ...nodeItem(experiment.body, experiment), own }
  if (experiment.scans.length > 0) {
    const scans = experiment.scans.map((scan) =>
      withResources({ ...nodeItem(scan.body, scan), own: { ID: scan.id, image_session_ID: experiment.id } }, 'file', scan.resources),
    )
    item.children.set('scans/scan', scans)
  }
  if (experiment.assessors.length > 0)
    item.children.set(
      'assessors/assessor',
      experiment.assessors.map((assessor) => experimentItem(assessor, from)),
    )
  return withResources(item, experiment.session === undefined ? 'resources/resource' : 'out/file', experiment.resources)
}

function projectItem(project: Project): Item {
  const own = { ID: project.id, secondary_ID: project.secondaryId, name: project.name }
  return withResources({ ...nodeItem(project.body, project), own }, 'resources/resource', project.resources)
}

/** The fields XNAT keeps as numbers and prints as such. */
const numeric =
  /(^|\/)(frames|x|y|z|illumination_wavelength|illumination_power|mean|snr|min|max|stddev|no_of_voxels|file_count|file_size|xnat_abstractresource_id|number|age|yob)$/

function toJson(item: Item): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const [key, value] of [...Object.entries(item.own), ...item.body.fields]) {
    if (/\[(@?)name=/.test(key) || value === '') continue
    const path = key.replace(/\[@xsi:type=[^\]]*\]/g, '')
    fields[path] = numeric.test(path) && Number.isFinite(Number(value)) ? Number(value) : value
  }
  const children = [...item.children].map(([field, items]) => ({ field, items: items.map(toJson) }))
  const lists = new Map<string, unknown[]>()
  for (const [key, value] of item.body.fields) {
    const match = /^(.*?\/?)(\w+)\[@?name=(.*)\]\/(\w+)$/.exec(key)
    if (!match) continue
    const [, prefix = '', element = '', name = '', leaf = ''] = match
    const entry = { children: [], data_fields: { name, [leaf]: value }, meta: { isHistory: false, 'xsi:type': `xnat:${element}` } }
    lists.set(`${prefix}${element}`, [...(lists.get(`${prefix}${element}`) ?? []), entry])
  }
  const meta: Record<string, unknown> = {
    isHistory: false,
    start_date: new Date(item.meta.modifiedAt).toString(),
    create_event_id: item.meta.insertedAt % 100_000,
  }
  if (item.body.xsiType) meta['xsi:type'] = item.body.xsiType
  return { children: [...children, ...[...lists].map(([field, items]) => ({ field, items }))], data_fields: fields, meta }
}

const namespaces = {
  'xmlns:xnat': 'http://nrg.wustl.edu/xnat',
  'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
  'xmlns:xdat': 'http://nrg.wustl.edu/security',
}

function toXml(item: Item, name: string, extra: Record<string, string>): string {
  const { ID, project, label, secondary_ID, ...rest } = item.own
  const identity = Object.fromEntries(Object.entries({ ID, project, label, secondary_ID }).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >
  const own = Object.entries(rest).filter(([key]) => !/^xnat_|^file_|^image_session_ID$/.test(key))
  const body: Node = { ...item.body, fields: new Map([...own, ...item.body.fields]), children: new Map() }
  const inside = [...item.children].map(([field, items]) => {
    const steps = field.split('/')
    const leaf = steps.pop() ?? ''
    const all = items.map((one) => toXml(one, `xnat:${leaf}`, one.body.xsiType ? { 'xsi:type': one.body.xsiType } : {})).join('\n')
    return steps.reverse().reduce((text, step) => `<xnat:${step}>${text}</xnat:${step}>`, all)
  })
  return writeElement(name, body, { ...identity, ...extra }, inside.join('\n'))
}

/** GET of a project, subject, session, scan, assessor or reconstruction. */
export function readItem(x: Exchange): Reply {
  const place = locate(x)
  let item: Item
  if (x.params.scan !== undefined) {
    const scan = place.scans?.[0]
    if (!scan || !place.experiment) throw notFound('Scan')
    item = withResources({ ...nodeItem(scan.body, scan), own: { ID: scan.id, image_session_ID: place.experiment.id } }, 'file', scan.resources)
  } else if (place.reconstruction) {
    item = { ...nodeItem(place.reconstruction.body, place.reconstruction), own: { ID: place.reconstruction.id } }
  } else if (place.assessor ?? place.experiment) {
    item = experimentItem((place.assessor ?? place.experiment) as Experiment, place.project.id)
  } else if (place.subject) {
    const { subject } = place
    const own = { ID: subject.id, project: subject.project, label: labelIn(subject, place.project.id) ?? subject.label }
    item = withResources({ ...nodeItem(subject.body, subject), own }, 'resources/resource', subject.resources)
    const sessions = [...x.lab.experiments.values()].filter((one) => one.subject === subject.id && one.session === undefined)
    if (sessions.length > 0)
      item.children.set(
        'experiments/experiment',
        sessions.map((one) => experimentItem(one, place.project.id)),
      )
  } else item = projectItem(place.project)
  const format = x.query.get('format') ?? (/json/.test(x.request.headers.accept ?? '') ? 'json' : 'xml')
  if (format === 'json') return { status: 200, type: 'application/json;charset=UTF-8', body: JSON.stringify({ items: [toJson(item)] }) }
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n${toXml(item, elementOf(item.body.xsiType), namespaces)}\n`
  if (format === 'html')
    return {
      status: 200,
      type: 'text/html;charset=UTF-8',
      body: `<html><head><title>DEMO archive</title></head><body><pre>${xml.replace(/</g, '&lt;')}</pre></body></html>\n`,
    }
  return { status: 200, type: 'text/xml;charset=UTF-8', body: xml }
}
