/** XNAT Container Service's command.json, as far as a desk needs it (schema-version 1.0; container-service docs/command.md). */
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'

const word = z.string().max(2_000)
const name = z.string().min(1).max(200)
/** The service writes null where nothing is set. */
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined)
const flag = (byDefault: boolean) =>
  z
    .boolean()
    .nullish()
    .transform((value) => value ?? byDefault)
const list = <T extends z.ZodType>(schema: T, max = 200) =>
  z
    .array(schema)
    .max(max)
    .nullish()
    .transform((value) => value ?? [])
const map = z
  .record(z.string().max(500), z.string().max(2_000))
  .nullish()
  .transform((value) => value ?? {})
/** Default values come as string, number or boolean. */
const scalar = z.union([word, z.number(), z.boolean()]).transform((value) => String(value))
const presence = z
  .unknown()
  .optional()
  .transform((value) => {
    if (value === null || value === undefined || value === false || value === '') return false
    return !(typeof value === 'object' && Object.keys(value).length === 0)
  })

const choiceSchema = z.union([
  word.transform((value) => ({ label: value, value })),
  z.object({ label: optional(word), value: scalar }).transform(({ label, value }) => ({ label: label ?? value, value })),
])

export const commandInputSchema = z.object({
  name,
  label: optional(word),
  description: optional(word),
  type: z
    .enum(['string', 'boolean', 'number', 'select-one', 'select-many'])
    .nullish()
    .transform((value) => value ?? 'string'),
  required: flag(false),
  'default-value': optional(scalar),
  'replacement-key': optional(name),
  'command-line-flag': optional(word),
  'command-line-separator': optional(z.string().max(10)),
  'true-value': optional(word),
  'false-value': optional(word),
  sensitive: flag(false),
  'select-values': list(choiceSchema),
  'multiple-delimiter': optional(z.string().max(30)),
})
export type CommandInput = z.infer<typeof commandInputSchema>

const wrapperInput = {
  name,
  type: z
    .string()
    .max(50)
    .nullish()
    .transform((value) => value ?? 'string'),
  label: optional(word),
  description: optional(word),
  matcher: optional(word),
  'default-value': optional(scalar),
  'user-settable': flag(true),
  required: flag(false),
  multiple: flag(false),
  sensitive: flag(false),
  'select-values': list(choiceSchema),
  'provides-value-for-command-input': optional(name),
  'provides-files-for-command-mount': optional(name),
  'via-setup-command': optional(word),
}
const externalInputSchema = z.object(wrapperInput)
const derivedInputSchema = z.object({
  ...wrapperInput,
  'derived-from-wrapper-input': name,
  'derived-from-xnat-object-property': optional(name),
})
export type WrapperInput = z.infer<typeof externalInputSchema>
export type DerivedInput = z.infer<typeof derivedInputSchema>

export const wrapperSchema = z.object({
  name,
  label: optional(word),
  description: optional(word),
  contexts: list(z.string().max(200)),
  'external-inputs': list(externalInputSchema),
  'derived-inputs': list(derivedInputSchema),
  'output-handlers': list(z.object({ name: optional(word), 'via-wrapup-command': optional(word) })),
})
export type Wrapper = z.infer<typeof wrapperSchema>

export const commandSchema = z.object({
  name,
  label: optional(word),
  description: optional(z.string().max(4_000)),
  version: optional(z.string().max(100)),
  type: z
    .string()
    .max(50)
    .nullish()
    .transform((value) => value ?? 'docker'),
  'working-directory': optional(word),
  'command-line': optional(z.string().max(2_048)),
  'override-entrypoint': flag(false),
  mounts: list(z.object({ name, writable: flag(false), path: z.string().min(2).max(1_000) }), 20),
  'environment-variables': map,
  ports: map,
  inputs: list(commandInputSchema),
  outputs: list(z.object({ name, mount: optional(name), required: flag(true) })),
  xnat: list(wrapperSchema),
  'reserve-memory': optional(z.number().positive()),
  'limit-memory': optional(z.number().positive()),
  'limit-cpu': optional(z.number().positive()),
  network: optional(word),
  'ipc-mode': optional(word),
  runtime: optional(word),
  privileged: presence,
  gpus: presence,
  'generic-resources': presence,
  secrets: presence,
  orchestration: presence,
})
export type Command = z.infer<typeof commandSchema>

/** The commands of an image's label: a JSON list in one string. Throws `image-refused` with what is wrong and where. */
export function parseCommands(label: string): Command[] {
  const refuse = (reason: string) =>
    new ScansideError('image-refused', `This image's label org.nrg.commands cannot be read: ${reason}. Ask whoever made the image.`)
  if (label.length > 1_000_000) throw refuse('it is too long')
  let json: unknown
  try {
    json = JSON.parse(label)
  } catch {
    throw refuse('it is not JSON')
  }
  const parsed = z.array(commandSchema).max(100).safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw refuse(issue === undefined || issue.path.length === 0 ? 'it is not a list of commands' : `${issue.path.join('.')} is not as it must be`)
}
