/** Inputs that break a schema, made from the schema itself: every field missing, of every wrong type, too long, too many, out of range. */
import { z } from 'zod'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
interface Shape {
  type?: string
  const?: Json
  enum?: Json[]
  anyOf?: Shape[]
  oneOf?: Shape[]
  properties?: Record<string, Shape>
  required?: string[]
  items?: Shape
  prefixItems?: Shape[]
  propertyNames?: Shape
  additionalProperties?: Shape | boolean
  minimum?: number
  exclusiveMinimum?: number
  maxLength?: number
  minLength?: number
  minItems?: number
  maxItems?: number
  pattern?: string
}

/** Of every type, and of those that have fooled somebody. */
const junk: Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  '',
  'x',
  '\u0000',
  '\u202e',
  '__proto__',
  'constructor',
  'x'.repeat(200_000),
  [],
  [[]],
  [null],
  {},
  { length: 1 },
  { toString: 'x', valueOf: 1 },
  JSON.parse('{"__proto__":{"isAdmin":true}}') as Json,
  { constructor: { prototype: { isAdmin: true } } },
  JSON.parse('{"then":"x"}') as Json,
  { toJSON: 'x' },
]

function valid(shape: Shape): Json {
  if (shape.const !== undefined) return shape.const
  if (shape.enum) return shape.enum[0] ?? null
  const choice = shape.anyOf?.[0] ?? shape.oneOf?.[0]
  if (choice) return valid(choice)
  if (shape.type === 'object') {
    return Object.fromEntries(Object.entries(shape.properties ?? {}).map(([name, inner]) => [name, valid(inner)]))
  }
  if (shape.type === 'array') {
    if (shape.prefixItems) return shape.prefixItems.map(valid)
    return Array.from({ length: shape.minItems ?? 0 }, () => valid(shape.items ?? {}))
  }
  if (shape.type === 'string') return 'a'.repeat(Math.max(1, shape.minLength ?? 0))
  if (shape.type === 'boolean') return true
  if (shape.type === 'number' || shape.type === 'integer') return Math.max(0, shape.minimum ?? 0)
  return null
}

/** Everything that differs from a valid input in one place. */
function* spoiled(shape: Shape, depth = 0): Generator<Json> {
  yield* junk
  if (depth > 5) return
  for (const choice of shape.anyOf ?? shape.oneOf ?? []) yield* spoiled(choice, depth + 1)
  if (shape.type === 'object') {
    const whole = valid(shape) as Record<string, Json>
    for (const [name, inner] of Object.entries(shape.properties ?? {})) {
      const { [name]: _left, ...rest } = whole
      yield rest
      for (const value of spoiled(inner, depth + 1)) yield { ...whole, [name]: value }
    }
    if (typeof shape.additionalProperties === 'object')
      for (const value of spoiled(shape.additionalProperties, depth + 1)) yield { ...whole, x: value }
  }
  if (shape.type === 'array' && shape.items) {
    for (const value of spoiled(shape.items, depth + 1)) yield [value]
    if (shape.maxItems !== undefined && shape.maxItems <= 20_000) yield Array.from({ length: shape.maxItems + 1 }, () => valid(shape.items ?? {}))
  }
  if (shape.type === 'string' && shape.maxLength !== undefined) yield 'x'.repeat(shape.maxLength + 1)
}

/** At most `most` wrong inputs of a method, spread over all there are; each is held against the schema first, so none of them could do anything. */
export function wrongInputs(schema: z.ZodType, most: number): Json[] {
  const shape = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as Shape
  const all = [...spoiled(shape)].filter((input) => !schema.safeParse(input).success)
  if (all.length <= most) return all
  return Array.from({ length: most }, (_, at) => all[Math.floor((at * all.length) / most)] as Json)
}
