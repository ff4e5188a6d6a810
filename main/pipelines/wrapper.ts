/** What a wrapper makes of a command: on which objects it runs, what it gets mounted, what the person fills in. Pure. */
import { ScansideError } from '../../oct/errors.ts'
import type { Command, CommandInput, Wrapper, WrapperInput } from './command.ts'
import { type Matcher, parseMatcher } from './matcher.ts'

export interface ResolvedWrapper {
  context: 'session' | 'scan'
  inputMount: string
  outputMount: string
  layout: 'session' | 'scan' | 'resource'
  /** Filters over `{ label, format }` of a resource and over a scan; always true where the wrapper has none. */
  acceptsResource: Matcher
  acceptsScan: Matcher
  /** What the form asks, with the wrapper's defaults and choices over the command's. `key` is the form's name for it. */
  inputs: { key: string; input: CommandInput; askPerson: boolean }[]
}

const contextTypes: Record<string, ResolvedWrapper['context']> = {
  'xnat:imagesessiondata': 'session',
  'xnat:optsessiondata': 'session',
  'xnat:opsessiondata': 'session',
  'xnat:imagescandata': 'scan',
  'xnat:optscandata': 'scan',
  'xnat:opscandata': 'scan',
}

/** Session or scan where a wrapper can run on OCT or fundus data; null where it is made for something else. */
export function contextOf(wrapper: Pick<Wrapper, 'contexts'>): ResolvedWrapper['context'] | null {
  for (const context of wrapper.contexts) {
    const known = contextTypes[context.toLowerCase()]
    if (known !== undefined) return known
  }
  return null
}

const refuse = (asks: string) => new ScansideError('not-supported', `This pipeline ${asks}, which Scanside does not offer.`)

/** Throws `not-supported` naming the first thing the command asks for that a desk does not give. */
export function checkCommand(command: Command): void {
  if (/setup|wrapup/.test(command.type)) throw refuse('is a set-up or wrap-up container for others')
  if (command.type !== 'docker') throw refuse(`is of the type "${command.type}"`)
  if (command.orchestration) throw refuse('is a chain of several containers')
  if (command.privileged) throw refuse('asks for full rights over this computer (privileged)')
  if (command.network !== undefined && command.network !== '' && command.network !== 'none') throw refuse('asks for the network')
  if (Object.keys(command.ports).length > 0) throw refuse('asks for open network ports')
  if (command.gpus || command['generic-resources']) throw refuse('asks for a graphics processor (GPU)')
  if (command.secrets) throw refuse('asks for secrets of the archive')
  if (command.runtime) throw refuse('asks for a container runtime of its own')
  if (command['ipc-mode'] && command['ipc-mode'] !== 'private') throw refuse('asks for memory shared with other programs')
  const paths = new Set<string>()
  for (const { path } of command.mounts) {
    const clean = path.replace(/\/+$/, '')
    const parts = clean.split('/').slice(1)
    const outside = !clean.startsWith('/') || parts.some((part) => part === '' || part === '.' || part === '..')
    if (outside || /^\/(proc|sys|dev|tmp)(\/|$)/.test(clean)) throw refuse(`wants its data at a place that is not allowed (${path.slice(0, 100)})`)
    if (paths.has(clean)) throw refuse('wants two folders at the same place')
    paths.add(clean)
  }
}

const simpleTypes = new Set(['string', 'boolean', 'number', 'select-one', 'select-many'])
const objectTypes: Record<string, 'session' | 'scan' | 'resource'> = { session: 'session', scan: 'scan', resource: 'resource' }

function outputMountOf(command: Command): string {
  const writable = command.mounts.filter((mount) => mount.writable).map((mount) => mount.name)
  const used = [...new Set(command.outputs.flatMap(({ mount }) => (mount === undefined ? [] : [mount])))]
  const named = used.filter((mount) => writable.includes(mount))
  const odd = used.find((mount) => !writable.includes(mount))
  if (odd !== undefined) throw refuse(`takes results from a folder it cannot write to (${odd})`)
  const candidates = named.length > 0 ? named : writable
  const [only, another] = candidates
  if (only === undefined) throw refuse('has no folder for its results')
  if (another !== undefined) throw refuse('writes results to more than one folder')
  return only
}

/** A wrapper's simple input as the form shows it; the command's input it feeds gives type and choices. */
function mergedInput(target: CommandInput, source: WrapperInput): CommandInput {
  return {
    ...target,
    label: source.label ?? target.label,
    description: source.description ?? target.description,
    required: source.required || target.required,
    'default-value': source['default-value'] ?? target['default-value'],
    sensitive: source.sensitive || target.sensitive,
    'select-values': source['select-values'].length > 0 ? source['select-values'] : target['select-values'],
  }
}

/** Resolves a wrapper against its command. Throws `not-supported` naming what cannot be given. `context` from `contextOf`. */
export function resolveWrapper(command: Command, wrapper: Wrapper, context: ResolvedWrapper['context']): ResolvedWrapper {
  checkCommand(command)
  const external = wrapper['external-inputs']
  const derived = wrapper['derived-inputs']
  const all = [...external, ...derived]
  if (all.some((input) => input['via-setup-command'])) throw refuse('needs a set-up container')
  if (wrapper['output-handlers'].some((handler) => handler['via-wrapup-command'])) throw refuse('needs a wrap-up container')

  const roots = external.filter(({ type }) => !simpleTypes.has(type.toLowerCase()))
  const [root, second] = roots
  if (root === undefined) throw refuse('does not say on what it runs')
  if (second !== undefined) throw refuse('wants more than one object at once')
  if (root.type.toLowerCase() !== context) throw refuse(`starts from a ${root.type} instead of a ${context}`)

  const fed = new Set<string>()
  for (const input of derived) {
    const target = input['provides-value-for-command-input']
    if (target === undefined) continue
    const command_ = command.inputs.find(({ name }) => name === target)
    // Labels and ids of the archive must not enter a container.
    if (command_?.required && command_['default-value'] === undefined)
      throw refuse(`needs the archive's name of a scan or person ("${input.name}") inside the container`)
    fed.add(target)
  }
  const rootTarget = root['provides-value-for-command-input']
  if (rootTarget !== undefined) {
    if (command.inputs.some(({ name, required }) => name === rootTarget && required))
      throw refuse("needs the archive's address of the data inside the container")
    fed.add(rootTarget)
  }

  const files = all.filter((input) => input['provides-files-for-command-mount'] !== undefined)
  const [source, other] = files
  if (source === undefined) throw refuse('does not say which files it wants')
  if (other !== undefined) throw refuse('wants files of more than one object')
  const layout = objectTypes[source.type.toLowerCase()]
  if (layout === undefined) throw refuse(`wants files of a ${source.type}`)
  if (source !== root) {
    const parent = derived.find((input) => input === source)?.['derived-from-wrapper-input']
    if (parent !== root.name || !(context === 'scan' && layout === 'resource')) throw refuse(`wants a ${source.type} of a ${root.type}`)
  }
  const inputMount = source['provides-files-for-command-mount'] ?? ''
  const mount = command.mounts.find(({ name }) => name === inputMount)
  if (mount === undefined) throw refuse(`names a folder it does not have (${inputMount})`)
  const outputMount = outputMountOf(command)
  if (mount.name === outputMount) throw refuse('writes its results among its inputs')

  const simple = external.filter(({ type }) => simpleTypes.has(type.toLowerCase()))
  const inputs = command.inputs.map((input): ResolvedWrapper['inputs'][number] => {
    const feeder = simple.find((candidate) => candidate['provides-value-for-command-input'] === input.name)
    if (feeder !== undefined) return { key: feeder.name, input: mergedInput(input, feeder), askPerson: feeder['user-settable'] }
    return { key: input.name, input, askPerson: !fed.has(input.name) }
  })
  return {
    context,
    inputMount,
    outputMount,
    layout,
    acceptsResource: layout === 'resource' ? parseMatcher(source.matcher ?? '') : () => true,
    acceptsScan: context === 'scan' ? parseMatcher(root.matcher ?? '') : () => true,
    inputs,
  }
}
