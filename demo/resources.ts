/** Resources of every level: which ones a path means, their lists, their catalogue, making and deleting them. */
import { requireDelete, requireEdit } from './access.ts'
import type { Exchange } from './exchange.ts'
import { field } from './fields.ts'
import { done, escapeXml, notFound, Problem, type Reply } from './http.ts'
import { locate, oneScan, type Place, pickResources } from './locate.ts'
import { addResource, catalogued, type Resource, stamp } from './model.ts'
import { tableReply } from './table.ts'

/** A resource with where it hangs: `uri` of its owner, and what a list or a zip calls that owner. */
export interface Held {
  resource: Resource
  owner: string
  category: string
  catId: string
  catDescription: string
}

const hold = (resources: Resource[], owner: string, category = 'resources', catId = '', catDescription = ''): Held[] =>
  resources.map((resource) => ({ resource, owner, category, catId, catDescription }))

const sessionUri = (place: Place) => `/data/experiments/${place.experiment?.id ?? ''}`

function scanResources(place: Place): Held[] {
  return (place.scans ?? []).flatMap((scan) =>
    hold(scan.resources, `${sessionUri(place)}/scans/${encodeURIComponent(scan.id)}`, 'scans', scan.id, field(scan.body, 'type')),
  )
}

function assessorResources(place: Place): Held[] {
  return (place.experiment?.assessors ?? []).flatMap((one) =>
    hold(one.resources, `${sessionUri(place)}/assessors/${one.id}`, 'assessors', one.id, one.body.xsiType),
  )
}

/** The list that holds the resources a path's owner has, and the owner's address. `in`: what an assessor or reconstruction was made from. */
function owned(x: Exchange, place: Place): { list: Resource[]; owner: string } {
  const incoming = x.params.direction === 'in'
  if (place.reconstruction) {
    const owner = `${sessionUri(place)}/reconstructions/${encodeURIComponent(place.reconstruction.id)}/${incoming ? 'in' : 'out'}`
    return { list: incoming ? place.reconstruction.incoming : place.reconstruction.resources, owner }
  }
  if (place.assessor) {
    const owner = `${sessionUri(place)}/assessors/${place.assessor.id}${x.params.direction === undefined ? '' : `/${x.params.direction}`}`
    return { list: incoming ? place.assessor.incoming : place.assessor.resources, owner }
  }
  if (x.params.scan !== undefined)
    return { list: oneScan(place).resources, owner: `${sessionUri(place)}/scans/${encodeURIComponent(oneScan(place).id)}` }
  if (place.experiment) return { list: place.experiment.resources, owner: sessionUri(place) }
  if (place.subject) return { list: place.subject.resources, owner: `/data/subjects/${place.subject.id}` }
  return { list: place.project.resources, owner: `/data/projects/${place.project.id}` }
}

/**
 * The resources a GET speaks of. Where the scan does not exist XNAT does not say so: below a subject's path it answers with the
 * subject's resources, below a bare experiment it fails with 500.
 */
export function heldForReading(x: Exchange): { place: Place; held: Held[] } {
  const place = locate(x)
  if (x.params.scan !== undefined) {
    if (place.scans?.length) return { place, held: scanResources(place) }
    if (x.params.subject === undefined) throw new Problem(500, 'java.lang.NullPointerException', 'error')
    const subject = place.subject
    return {
      place: { project: place.project, ...(subject ? { subject } : {}) },
      held: subject ? hold(subject.resources, `/data/subjects/${subject.id}`) : [],
    }
  }
  const { list, owner } = owned(x, place)
  const held = hold(list, owner)
  if (!x.query.is('all') || !place.experiment || place.assessor || place.reconstruction) return { place, held }
  const everyScan: Place = { ...place, scans: place.experiment.scans }
  return { place, held: [...scanResources(everyScan), ...assessorResources(place), ...held] }
}

/** The resource a write goes to. */
export function heldForWriting(x: Exchange): { place: Place; list: Resource[]; resource: Resource | undefined; owner: string } {
  const place = locate(x)
  const { list, owner } = owned(x, place)
  return { place, list, resource: pickResources(list, x.params.resource ?? '')[0], owner }
}

const columns = 'xnat_abstractresource_id,label,element_name,category,cat_id,cat_desc,file_count,file_size,tags,content,format'.split(',')

export function resourceList(x: Exchange): Reply {
  const rows = heldForReading(x).held.map(({ resource, category, catId, catDescription }) => {
    const files = catalogued(resource)
    const size = files.reduce((sum, file) => sum + file.bytes.size, 0)
    return [
      String(resource.id),
      resource.label,
      'xnat:resourceCatalog',
      category,
      catId,
      catDescription,
      String(files.length),
      String(size),
      resource.tags,
      resource.content,
      resource.format,
    ]
  })
  return tableReply(x, { columns, rows, total: true })
}

/** The catalogue of one resource: XML whatever format was asked for. */
export async function readCatalogue(x: Exchange): Promise<Reply> {
  const resource = pickResources(
    heldForReading(x).held.map((one) => one.resource),
    x.params.resource ?? '',
  )[0]
  if (!resource) throw notFound('Resource')
  const entries: string[] = []
  for (const file of catalogued(resource)) {
    const digest = x.site.checksums ? ` digest="${await file.bytes.digest()}"` : ''
    const name = escapeXml(file.path.slice(file.path.lastIndexOf('/') + 1))
    entries.push(
      `<cat:entry URI="${escapeXml(file.path)}" ID="${escapeXml(file.path)}" name="${name}" format="${escapeXml(file.format)}" content="${escapeXml(file.content)}"${digest}/>`,
    )
  }
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<cat:Catalog ID="${escapeXml(resource.label)}" xmlns:cat="http://nrg.wustl.edu/catalog"><cat:entries>${entries.join('\n')}</cat:entries></cat:Catalog>\n`
  return { status: 200, type: 'text/xml;charset=UTF-8', body }
}

/** 200, or 409 where it is there already. */
export function putResource(x: Exchange): Reply {
  const { place, list, resource } = heldForWriting(x)
  requireEdit(x.user, place.project)
  if (resource) throw new Problem(409, 'Specified resource already exists.')
  const given = (name: string) => x.query.get(name) ?? ''
  addResource(x.lab, list, x.params.resource ?? '', {
    format: given('format'),
    content: given('content'),
    description: given('description'),
    tags: given('tags'),
  })
  touch(x, place)
  return done()
}

export function deleteResource(x: Exchange): Reply {
  const { place, list, resource } = heldForWriting(x)
  requireDelete(x.user, place.project)
  if (!resource) throw notFound('Resource')
  list.splice(list.indexOf(resource), 1)
  touch(x, place)
  return done()
}

/** A change below an object is a change of the object. */
export function touch(x: Exchange, place: Place): void {
  for (const object of [place.assessor, place.experiment, place.subject]) if (object) object.modifiedAt = stamp(x.lab)
}
