/** A small reader and writer for XNAT's documents: elements, attributes, text. No DTDs, no entities but the five. */
import { escapeXml, Problem } from './http.ts'
import { type Node, node } from './model.ts'

interface Element {
  name: string
  attributes: Map<string, string>
  children: Element[]
  text: string
}

const decodeEntities = (text: string) =>
  text.replace(/&(lt|gt|amp|quot|apos|#\d+|#x[\da-f]+);/gi, (_, entity: string) => {
    const named = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }[entity.toLowerCase()]
    if (named !== undefined) return named
    const code = entity[1] === 'x' || entity[1] === 'X' ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1))
    return code <= 0x10ffff ? String.fromCodePoint(code) : ''
  })

const bad = (why: string) => new Problem(422, `The XML document is not well formed: ${why}`)

function parse(source: string): Element {
  const root: Element = { name: '', attributes: new Map(), children: [], text: '' }
  const stack = [root]
  const token =
    /<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<\/([^\s>]+)\s*>|<([^\s/>!?]+)((?:\s+[^\s=>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/g
  let at = 0
  for (let match = token.exec(source); match; match = token.exec(source)) {
    if (match.index !== at) throw bad(`unexpected text at character ${at}.`)
    at = token.lastIndex
    const top = stack[stack.length - 1] ?? root
    const [, cdata, closing, opening, attributes = '', empty, text] = match
    if (text !== undefined || cdata !== undefined) top.text += cdata ?? decodeEntities(text ?? '')
    else if (closing !== undefined) {
      if (top.name !== closing || stack.length < 2) throw bad(`</${closing}> closes nothing.`)
      stack.pop()
    } else if (opening !== undefined) {
      const element: Element = { name: opening, attributes: new Map(), children: [], text: '' }
      for (const pair of attributes.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
        element.attributes.set(pair[1] ?? '', decodeEntities(pair[2] ?? pair[3] ?? ''))
      }
      top.children.push(element)
      if (!empty) stack.push(element)
    }
  }
  if (at !== source.length || stack.length !== 1) throw bad('it ends too early.')
  const [document] = root.children
  if (!document || root.children.length !== 1) throw bad('it needs exactly one root element.')
  return document
}

/** Element names of XNAT's documents whose type is not spelt the same. */
const elements: Record<string, string> = {
  'xnat:projectData': 'xnat:Project',
  'xnat:subjectData': 'xnat:Subject',
  'xnat:optSessionData': 'xnat:OPTSession',
  'xnat:opSessionData': 'xnat:OPSession',
  'xnat:mrSessionData': 'xnat:MRSession',
  'xnat:petSessionData': 'xnat:PETSession',
  'xnat:ctSessionData': 'xnat:CTSession',
  'xnat:otherDicomSessionData': 'xnat:OtherDicomSession',
  'xnat:optScanData': 'xnat:OPTScan',
  'xnat:opScanData': 'xnat:OPScan',
  'xnat:mrScanData': 'xnat:MRScan',
  'xnat:qcManualAssessorData': 'xnat:QCManualAssessment',
  'xnat:qcAssessmentData': 'xnat:QCAssessment',
  'xnat:imageAssessorData': 'xnat:ImageAssessor',
  'xnat:mrAssessorData': 'xnat:MRAssessor',
  'xnat:petAssessorData': 'xnat:PETAssessor',
}

/** `xnat:optSessionData` -> `xnat:OPTSession`. */
export const elementOf = (xsiType: string) => elements[xsiType] ?? xsiType

const typeOf = (element: string) => Object.keys(elements).find((type) => elements[type] === element) ?? element

/** Elements that stand for themselves and may come more than once; everything else is a path of its parent. */
const repeated = new Set(['scans/scan', 'scan', 'slice', 'sliceStatistics', 'scanStatistics', 'file'])
/** Elements told apart by their name attribute: `parameters/addParam[name=K]/addField`. */
const named: Record<string, string> = { field: 'field', addParam: 'addField', addField: 'addField', additionalStatistics: 'additionalStatistics' }

const local = (name: string) => name.slice(name.indexOf(':') + 1)

function fill(into: Node, element: Element, prefix: string): void {
  for (const [name, value] of element.attributes) if (!/^xmlns|^xsi:/.test(name)) into.fields.set(prefix + name, value)
  if (element.children.length === 0 && prefix !== '' && element.text.trim() !== '') into.fields.set(prefix.slice(0, -1), element.text.trim())
  for (const child of element.children) {
    const name = local(child.name)
    const key = child.attributes.get('name')
    const leaf = named[name]
    if (leaf !== undefined && key !== undefined) into.fields.set(`${prefix}${name}[name=${key}]/${leaf}`, child.text.trim())
    else if (repeated.has(name) || child.attributes.has('xsi:type')) {
      const inner = node(child.attributes.get('xsi:type') ?? '')
      fill(inner, child, '')
      const path = `${prefix}${name}`
      into.children.set(path, [...(into.children.get(path) ?? []), inner])
    } else fill(into, child, `${prefix}${name}/`)
  }
}

/** Reads a document of one item. 422 where it is not well formed. */
export function readDocument(source: string): Node {
  const document = parse(source.replace(/^\uFEFF/, '').trim())
  const result = node(document.attributes.get('xsi:type') ?? typeOf(document.name))
  fill(result, document, '')
  return result
}

const attributeNames = new Set([
  'ID',
  'label',
  'project',
  'UID',
  'units',
  'x',
  'y',
  'z',
  'number',
  'manufacturer',
  'model',
  'softwareVersion',
  'scale',
  'secondary_ID',
])

/** What is an attribute in some types and an element in others. */
function attributesOf(xsiType: string): Set<string> {
  const more = /(ScanData|qcAssessmentData)$/.test(xsiType) ? ['type'] : /SessionData$/.test(xsiType) ? ['modality', 'session_type', 'study_id'] : []
  return new Set([...attributeNames, ...more])
}

interface Branch {
  attributes: [string, string][]
  text?: string
  inner: Map<string, Branch[]>
}

/** One item as XML, without the document's own attributes. */
export function writeElement(name: string, body: Node, extra: Record<string, string>, inside: string): string {
  const root: Branch = { attributes: Object.entries(extra), inner: new Map() }
  const known = attributesOf(body.xsiType)
  for (const [path, value] of body.fields) place(root, path.split(/\/(?![^[]*\])/), value, known)
  const children = [...body.children].map(([path, nodes]) => wrap(path.split('/'), nodes)).join('\n')
  return render(name, root, children + inside)
}

function wrap(path: string[], nodes: Node[]): string {
  const last = path[path.length - 1] ?? ''
  const inner = nodes.map((one) => writeElement(`xnat:${last}`, one, one.xsiType ? { 'xsi:type': one.xsiType } : {}, '')).join('\n')
  return path
    .slice(0, -1)
    .reverse()
    .reduce((text, step) => `<xnat:${step}>${text}</xnat:${step}>`, inner)
}

function place(branch: Branch, path: string[], value: string, known: Set<string>): void {
  const [step = '', ...rest] = path
  const key = /^(\w+)\[(?:@?name)=(.*)\]$/.exec(step)
  if (rest.length === 0 && known.has(step)) branch.attributes.push([step, value])
  else if (key) add(branch, key[1] ?? '', { attributes: [['name', key[2] ?? '']], text: value, inner: new Map() })
  else if (rest.length === 0) {
    const there = branch.inner.get(step)?.[0]
    if (there) there.text = value
    else add(branch, step, { attributes: [], text: value, inner: new Map() })
  } else {
    const bare = step.replace(/\[.*\]$/, '')
    const there = branch.inner.get(bare)?.[0] ?? add(branch, bare, { attributes: [], inner: new Map() })
    place(there, rest, value, attributeNames)
  }
}

function add(branch: Branch, name: string, child: Branch): Branch {
  branch.inner.set(name, [...(branch.inner.get(name) ?? []), child])
  return child
}

function render(name: string, branch: Branch, inside = ''): string {
  const attributes = branch.attributes.map(([key, value]) => ` ${key}="${escapeXml(value)}"`).join('')
  const inner = [...branch.inner].flatMap(([step, all]) => all.map((child) => render(`xnat:${step}`, child))).join('\n')
  const content = (branch.text === undefined ? '' : escapeXml(branch.text)) + inner + inside
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`
}
