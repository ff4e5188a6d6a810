/** The part of the archive under /xapi: who, which version, schemas, custom fields. */
import { canEdit } from './access.ts'
import { readAll } from './body.ts'
import type { Exchange } from './exchange.ts'
import { json, Problem, type Reply, text } from './http.ts'
import { locate } from './locate.ts'

const buildInfo = {
  version: '1.8.10',
  buildNumber: 'DEMO',
  buildDate: 'Mon Jan 01 00:00:00 UTC 2024',
  sha: 'demo',
  shaFull: 'demo',
  isDirty: 'false',
  commit: 'v1.8.10-0-demo',
  tag: 'v1.8.10',
  branch: 'demo',
  timestamp: '1704067200000',
}

export const build = (): Reply => json(buildInfo)
export const buildVersion = (): Reply => text(buildInfo.version)
export const userName = (x: Exchange): Reply => text(x.user.login)

export const schemas = (): Reply => json(['xnat'])

/** A schema of our own, small: it declares the types clients create here, not all of XNAT's. */
export function schema(x: Exchange): Reply {
  if (x.params.schema !== 'xnat') throw new Problem(404, 'No schema of that name.', 'xapi')
  const type = (name: string, base: string | null, fields: string[]) => {
    const inner = `<xs:sequence>${fields.map((one) => `<xs:element name="${one}" type="xs:string" minOccurs="0"/>`).join('')}</xs:sequence>`
    const content = base === null ? inner : `<xs:complexContent><xs:extension base="xnat:${base}">${inner}</xs:extension></xs:complexContent>`
    return `<xs:complexType name="${name}">${content}</xs:complexType>`
  }
  const element = (name: string, typeName: string) => `<xs:element name="${name}" type="xnat:${typeName}"/>`
  const body = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xnat="http://nrg.wustl.edu/xnat" targetNamespace="http://nrg.wustl.edu/xnat" elementFormDefault="qualified">',
    element('Project', 'projectData'),
    element('Subject', 'subjectData'),
    element('OPTSession', 'optSessionData'),
    element('OPSession', 'opSessionData'),
    element('OPTScan', 'optScanData'),
    element('OPScan', 'opScanData'),
    element('QCManualAssessment', 'qcManualAssessorData'),
    type('projectData', null, ['name', 'description', 'keywords']),
    type('subjectData', null, ['group', 'demographics']),
    type('experimentData', null, ['date', 'time', 'note']),
    type('subjectAssessorData', 'experimentData', ['subject_ID']),
    type('imageSessionData', 'subjectAssessorData', ['scanner', 'operator']),
    type('optSessionData', 'imageSessionData', []),
    type('opSessionData', 'imageSessionData', []),
    type('abstractResource', null, ['note']),
    type('resourceCatalog', 'abstractResource', []),
    type('imageScanData', null, ['note', 'quality', 'series_description', 'modality', 'frames', 'file']),
    type('optScanData', 'imageScanData', ['parameters']),
    type('opScanData', 'imageScanData', ['parameters']),
    type('imageAssessorData', 'experimentData', ['imageSession_ID', 'parameters']),
    type('qcManualAssessorData', 'imageAssessorData', ['rater', 'comments', 'pass']),
    '</xs:schema>\n',
  ].join('\n')
  return { status: 200, type: 'application/xml;charset=UTF-8', body }
}

const createable = [
  'xnat:projectData',
  'xnat:subjectData',
  'xnat:mrSessionData',
  'xnat:petSessionData',
  'xnat:qcManualAssessorData',
  'xnat:qcAssessmentData',
]
const ophthalmic = ['xnat:optSessionData', 'xnat:opSessionData']

export function createableDisplays(x: Exchange): Reply {
  const names = x.site.ophthalmicTypes ? [...createable, ...ophthalmic] : createable
  return json(names.map((elementName) => ({ elementName, singular: elementName, plural: elementName })))
}

/** Where an object's custom fields are kept. */
function fieldsOf(x: Exchange): Map<string, unknown> {
  const place = locate(x)
  const object = place.scans?.[0] ?? place.assessor ?? place.experiment ?? place.subject ?? place.project
  const key = `${place.experiment?.id ?? ''}/${object.id}`
  const fields = x.lab.custom.get(key) ?? new Map<string, unknown>()
  x.lab.custom.set(key, fields)
  return fields
}

export function customFields(x: Exchange): Reply {
  const fields = fieldsOf(x)
  if (x.params.name === undefined) return json(Object.fromEntries(fields))
  if (!fields.has(x.params.name)) throw new Problem(404, `No custom field ${x.params.name}.`, 'xapi')
  return json(fields.get(x.params.name))
}

export async function putCustomFields(x: Exchange): Promise<Reply> {
  requireEditXapi(x)
  const fields = fieldsOf(x)
  let given: unknown
  try {
    given = JSON.parse((await readAll(x)).toString('utf8'))
  } catch {
    throw new Problem(400, 'The body is not JSON.', 'xapi')
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new Problem(400, 'The body must be a JSON object.', 'xapi')
  for (const [name, value] of Object.entries(given)) fields.set(name, value)
  return json(Object.fromEntries(fields))
}

export function deleteCustomField(x: Exchange): Reply {
  requireEditXapi(x)
  const fields = fieldsOf(x)
  if (!fields.delete(x.params.name ?? '')) throw new Problem(404, `No custom field ${x.params.name}.`, 'xapi')
  return json(Object.fromEntries(fields))
}

function requireEditXapi(x: Exchange): void {
  if (!canEdit(x.user, locate(x).project)) throw new Problem(403, '', 'xapi')
}
