/** What a person typed into a pipeline's form, checked before anything is created. */
import { ScansideError } from '../../oct/errors.ts'
import type { CommandInput } from './command.ts'

/** A value on its way to the command line; empty array: nothing was given. */
export type Given = string[]

const wrong = (sentence: string) => new ScansideError('invalid-argument', sentence)

/** `["a","b"]` as the form sends it, or `a,b`. */
function several(text: string): string[] {
  if (text.startsWith('[')) {
    try {
      const json: unknown = JSON.parse(text)
      if (Array.isArray(json) && json.every((item) => typeof item === 'string')) return json
    } catch {
      // Then it is a list by commas.
    }
  }
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Checks one input's text (undefined where the form has none) against its type. Throws `invalid-argument` naming the input by its label. */
export function checkValue(input: CommandInput, text: string | undefined): Given {
  const label = input.label ?? input.name
  const given = text === undefined || text === '' ? (input['default-value'] ?? '') : text
  if (given === '') {
    if (input.required) throw wrong(`"${label}" is needed. Enter a value and start again.`)
    return []
  }
  if (given.length > 2_000) throw wrong(`The value of "${label}" is too long.`)
  if (/\p{Cc}/u.test(given)) throw wrong(`The value of "${label}" holds a line break or another sign that cannot be used.`)
  const allowed = input['select-values'].map(({ value }) => value)
  switch (input.type) {
    case 'string':
      return [given]
    case 'number':
      if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(given.trim()) || !Number.isFinite(Number(given))) {
        throw wrong(`"${label}" must be a number, like 2 or 0.5.`)
      }
      return [given.trim()]
    case 'boolean': {
      const lower = given.trim().toLowerCase()
      if (!['true', 'false', '1', '0', 'yes', 'no', 't', 'f', 'y', 'n'].includes(lower)) throw wrong(`"${label}" must be yes or no.`)
      const yes = ['true', '1', 'yes', 't', 'y'].includes(lower)
      const said = yes ? (input['true-value'] ?? 'true') : (input['false-value'] ?? 'false')
      // An empty false-value is how a command leaves its switch out.
      return said === '' ? [] : [said]
    }
    case 'select-one':
      if (!allowed.includes(given)) throw wrong(`"${label}" must be one of: ${allowed.join(', ')}.`)
      return [given]
    case 'select-many': {
      const chosen = several(given)
      const odd = chosen.find((item) => !allowed.includes(item))
      if (odd !== undefined) throw wrong(`"${label}" must be chosen from: ${allowed.join(', ')}.`)
      return chosen
    }
  }
}
