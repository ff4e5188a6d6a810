/** What can be run at this desk: every command of every image on the engine, with every wrapper made for OCT. */

import { ScansideError } from '../../oct/errors.ts'
import type { Pipeline } from '../../preload/contract.ts'
import { commandsLabel, type EngineImage } from '../engines/docker/images.ts'
import { profileLabel } from '../engines/profile-label.ts'
import { type Command, parseCommands, type Wrapper } from './command.ts'
import { buildArgv, type Filling, fillText } from './command-line.ts'
import { type Capacity, limitsOf } from './limits.ts'
import type { Outlook, Pipelines, RunPlace, RunPlan } from './plan.ts'
import { checkValue } from './values.ts'
import { contextOf, type ResolvedWrapper, resolveWrapper } from './wrapper.ts'

export interface PipelinesParts {
  /** Images of the container engine; rejects with `engine-unavailable` where there is none. */
  images(): Promise<EngineImage[]>
  /** What the application runs itself: always there, always allowed. */
  builtin?: EngineImage
  /** Images the site file names for the cloud alone, with their commands; those of the same layers on the engine come first. */
  remote?(): EngineImage[]
  /** What the engine has, null where it is not known. */
  capacity?(): Promise<Capacity | null>
  /** The site's list of images, by name and digest; every image is allowed where there is none. */
  allowed?(image: EngineImage): boolean
}

export interface DeskPipelines extends Pipelines {
  list(): Promise<Pipeline[]>
}

interface Candidate {
  id: string
  image: EngineImage
  command: Command
  wrapper: Wrapper
  context: ResolvedWrapper['context']
  places: RunPlace[]
}

const digestOfLayers = /^[0-9a-f]{64}$/

const newerFirst = new Intl.Collator('en', { numeric: true })

const nameOf = (image: EngineImage): string => image.names[0] ?? `image ${image.digest.slice(0, 12)}`

const idOf = (image: EngineImage, command: Command, wrapper: Wrapper): string => `${image.id}|${command.name}|${wrapper.name}`.slice(0, 500)

/** A tag that says something, else nothing. */
const tagOf = (image: EngineImage): string => /:([\w][\w.-]*)$/.exec(image.names[0] ?? '')?.[1] ?? ''

const sentenceOf = (fault: unknown): string => {
  if (fault instanceof ScansideError) return fault.message
  throw fault
}

function candidatesOf(image: EngineImage, places: RunPlace[]): Candidate[] {
  return parseCommands(image.labels[commandsLabel] ?? '').flatMap((command) =>
    command.xnat.flatMap((wrapper): Candidate[] => {
      const context = contextOf(wrapper)
      return context === null ? [] : [{ id: idOf(image, command, wrapper), image, command, wrapper, context, places }]
    }),
  )
}

/** Without images that lost their name to a newer build of the same commands: they are leftovers, not a choice. */
export function current(images: EngineImage[]): EngineImage[] {
  const commandsOf = (image: EngineImage): string => {
    try {
      return parseCommands(image.labels[commandsLabel] ?? '')
        .map(({ name }) => name)
        .join('\n')
    } catch {
      return image.id
    }
  }
  const named = new Set(images.filter(({ names }) => names.length > 0).map(commandsOf))
  return images.filter((image) => image.names.length > 0 || !named.has(commandsOf(image)))
}

function rowOf({ id, image, command, wrapper, context, places }: Candidate, resolved: ResolvedWrapper | null, refused: string | null): Pipeline {
  const label = (wrapper.label ?? command.label ?? command.name).slice(0, 1_000)
  return {
    id,
    name: command.name,
    label,
    version: command.version ?? tagOf(image).slice(0, 100),
    description: (wrapper.description ?? command.description ?? '').slice(0, 4_000),
    image: nameOf(image).slice(0, 1_000),
    digest: image.digest.slice(0, 12),
    context,
    inputs: (resolved?.inputs ?? [])
      .filter(({ askPerson }) => askPerson)
      .map(({ key, input }) => ({
        name: key,
        label: (input.label ?? input.name).slice(0, 1_000),
        description: (input.description ?? '').slice(0, 2_000),
        type: input.type,
        required: input.required,
        defaultValue: input['default-value'] ?? null,
        choices: input['select-values'].map((choice) => ({ label: choice.label.slice(0, 1_000), value: choice.value.slice(0, 1_000) })),
        sensitive: input.sensitive,
      })),
    places,
    refused: refused === null ? null : refused.slice(0, 1_000),
  }
}

/** An image whose label cannot be read: shown, so that the person learns why it is of no use. */
function unreadable(image: EngineImage, refused: string): Pipeline {
  const name = nameOf(image).slice(0, 400)
  return {
    id: `${image.id}||`,
    name,
    label: name,
    version: tagOf(image).slice(0, 100),
    description: '',
    image: name,
    digest: image.digest.slice(0, 12),
    context: 'scan',
    inputs: [],
    refused: refused.slice(0, 1_000),
  }
}

const onlyHere = 'This analysis is part of this application and runs on this computer alone. Choose a pipeline of an image for the cloud.'
const withoutDigest = 'A machine of the cloud could not tell whether it has this very image. Load the image anew, or run it here.'
const onlyCloud = 'This image is not on this computer’s engine. Load it, or run it in the cloud.'

const notAllowed = 'This image is not on the list of images your institute allows. Ask your administrator.'

/** Pipelines over an engine's images. `plan` rejects with `not-found`, `not-supported`, `image-refused` or `invalid-argument`. */
export function createPipelines({ images, builtin, remote, capacity, allowed }: PipelinesParts): DeskPipelines {
  const named = (image: EngineImage): boolean => (remote?.() ?? []).some(({ id }) => id === image.id)
  const mayRun = (image: EngineImage): boolean => image === builtin || named(image) || (allowed?.(image) ?? true)
  /** Without a container engine there is still what the application runs itself. */
  const unlessAway = (fault: unknown): EngineImage[] => {
    if (fault instanceof ScansideError && fault.code === 'engine-unavailable') return []
    throw fault
  }
  const containers = (): Promise<EngineImage[]> => (builtin ? images().catch(unlessAway) : images())

  /** A machine finds an image by the digest over its layers: without one it stays here. */
  const placesOf = (image: EngineImage, distant: boolean): RunPlace[] => {
    if (distant) return ['cloud']
    return image !== builtin && digestOfLayers.test(image.digest) ? ['here', 'cloud'] : ['here']
  }
  /** The site's images for the cloud that the engine here does not have. */
  const distantBeside = (local: EngineImage[]): EngineImage[] => {
    const here = new Set(local.map(({ digest }) => digest))
    return (remote?.() ?? []).filter(({ digest }) => !here.has(digest))
  }

  const find = async (pipelineId: string): Promise<Candidate> => {
    const among = (found: EngineImage[], distant: boolean): Candidate | undefined => {
      const image = found.find(({ id }) => pipelineId.startsWith(`${id}|`))
      return image && candidatesOf(image, placesOf(image, distant)).find(({ id }) => id === pipelineId)
    }
    const found = (builtin && among([builtin], false)) ?? among(remote?.() ?? [], true) ?? among(await images(), false)
    if (!found) throw new ScansideError('not-found', 'This pipeline is no longer on the engine. Load its image again, or choose another.')
    return found
  }

  const listOf = (image: EngineImage, distant: boolean): Pipeline[] => {
    let candidates: Candidate[]
    try {
      candidates = candidatesOf(image, placesOf(image, distant))
    } catch (fault) {
      return [unreadable(image, sentenceOf(fault))]
    }
    return candidates.map((candidate) => {
      try {
        const resolved = resolveWrapper(candidate.command, candidate.wrapper, candidate.context)
        const row = rowOf(candidate, resolved, mayRun(image) ? null : notAllowed)
        return image === builtin ? { ...row, builtin: true } : row
      } catch (fault) {
        return rowOf(candidate, null, sentenceOf(fault))
      }
    })
  }

  return {
    async list() {
      const local = await (remote && remote().length > 0 ? images().catch(unlessAway) : containers())
      const rows = [
        ...[...current(local), ...(builtin ? [builtin] : [])].flatMap((image) => listOf(image, false)),
        ...distantBeside(local).flatMap((image) => listOf(image, true)),
      ]
      return rows.sort((a, b) => a.label.localeCompare(b.label) || newerFirst.compare(b.version, a.version)).slice(0, 500)
    },

    async outlook(pipelineId): Promise<Outlook> {
      const { image, command, context, places } = await find(pipelineId)
      const pipeline = { name: command.name, version: command.version ?? tagOf(image) }
      return { pipeline, context, places, lane: image === builtin ? 'builtin' : 'container' }
    },

    async plan(pipelineId, values, place = 'here'): Promise<RunPlan & { context: ResolvedWrapper['context'] }> {
      const { image, command, wrapper, context, places } = await find(pipelineId)
      const own = image === builtin
      if (!mayRun(image)) throw new ScansideError('image-refused', notAllowed)
      if (!places.includes(place)) {
        throw new ScansideError('not-supported', place === 'here' ? onlyCloud : own ? onlyHere : withoutDigest)
      }
      const resolved = resolveWrapper(command, wrapper, context)
      const fillings = resolved.inputs.map(
        ({ key, input, askPerson }): Filling => ({ input, given: checkValue(input, askPerson ? values[key] : undefined) }),
      )
      const template = command['command-line']?.trim() ?? ''
      const words = template === '' ? [] : buildArgv(template, fillings)
      // The image's entry stays in front unless the command replaces it, as in XNAT.
      const argv = words.length === 0 ? null : command['override-entrypoint'] ? words : [...image.entrypoint, ...words]
      const env = Object.fromEntries(Object.entries(command['environment-variables']).map(([name, text]) => [name, fillText(text, fillings)]))
      return {
        context,
        engine: place === 'cloud' ? 'cloud' : own ? 'builtin' : 'container',
        takesProfile: argv !== null && image.labels[profileLabel] === 'argument',
        pipeline: { name: command.name, version: command.version ?? tagOf(image) },
        image: { id: image.id, name: nameOf(image), digest: image.digest },
        argv,
        env,
        workingDir: command['working-directory'] || null,
        mounts: command.mounts.map(({ name, path, writable }) => ({
          name,
          path: path.replace(/\/+$/, ''),
          writable: writable && name === resolved.outputMount,
        })),
        // What this desk has is no bound for a machine of the cloud.
        limits: limitsOf(command, own || place === 'cloud' ? null : ((await capacity?.()) ?? null), place),
        inputs: [
          {
            mount: resolved.inputMount,
            layout: resolved.layout,
            accepts: (resource) => resolved.acceptsResource({ label: resource.label, format: resource.format }),
          },
        ],
        outputMount: resolved.outputMount,
        acceptsScan: resolved.acceptsScan,
      }
    },
  }
}
