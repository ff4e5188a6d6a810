/** From a command-line template to argv: words first, values after, so that a value is always one argument and never a command. */
import { ScansideError } from '../../oct/errors.ts'
import type { CommandInput } from './command.ts'
import type { Given } from './values.ts'

export interface Filling {
  input: CommandInput
  given: Given
}

const unsupported = (what: string) => new ScansideError('not-supported', `The pipeline's command line ${what}, which Scanside does not run.`)

/** Splits as a shell would, but knows no variables, no substitution and no operators. Throws `not-supported` where the template wants them. */
export function splitWords(template: string): string[] {
  const words: string[] = []
  let word: string | null = null
  let quote: '"' | "'" | null = null
  for (let i = 0; i < template.length; i += 1) {
    const sign = template[i] ?? ''
    if (quote !== null) {
      if (sign === quote) quote = null
      else if (sign === '\\' && quote === '"' && /["\\$`]/.test(template[i + 1] ?? '')) {
        i += 1
        word += template[i] ?? ''
      } else word += sign
    } else if (sign === '"' || sign === "'") {
      quote = sign
      word ??= ''
    } else if (sign === '\\') {
      i += 1
      word = (word ?? '') + (template[i] ?? '')
    } else if (/\s/.test(sign)) {
      if (word !== null) words.push(word)
      word = null
    } else if (/[|&;<>`]/.test(sign) || (sign === '$' && /[({A-Za-z_]/.test(template[i + 1] ?? ''))) {
      throw unsupported(`needs a shell (${sign})`)
    } else word = (word ?? '') + sign
  }
  if (quote !== null) throw unsupported('has a quotation mark without its end')
  if (word !== null) words.push(word)
  return words
}

/** The key that stands for an input: `#name#` unless it names another. */
export const keyOf = (input: CommandInput): string => input['replacement-key'] ?? `#${input.name}#`

const separatorOf = (input: CommandInput): string => input['command-line-separator'] ?? ' '

/** What takes the place of a word that is nothing but the key: any number of arguments. */
function asArguments({ input, given }: Filling): string[] {
  if (given.length === 0) return []
  const flag = input['command-line-flag']
  const delimiter = input['multiple-delimiter'] ?? 'space'
  const one = (value: string): string[] => {
    if (flag === undefined || flag === '') return [value]
    return separatorOf(input) === ' ' ? [flag, value] : [`${flag}${separatorOf(input)}${value}`]
  }
  if (input.type !== 'select-many') return one(given[0] ?? '')
  if (delimiter === 'flag') return given.flatMap(one)
  if (delimiter === 'comma') return one(given.join(','))
  const [first = '', ...others] = given
  return [...one(first), ...others]
}

/** What takes the place of a key inside a longer word (`--out=#name#`), or in an environment variable. */
function asText({ input, given }: Filling): string {
  if (given.length === 0) return ''
  const flag = input['command-line-flag']
  const joined = given.join(input['multiple-delimiter'] === 'comma' ? ',' : ' ')
  return flag === undefined || flag === '' ? joined : `${flag}${separatorOf(input)}${joined}`
}

/** Every key in one pass, longest first: a value that looks like a key is not filled again. */
export function fillText(text: string, fillings: Filling[]): string {
  const byKey = new Map(fillings.map((filling) => [keyOf(filling.input), filling]))
  const keys = [...byKey.keys()].filter((key) => key !== '').sort((a, b) => b.length - a.length)
  if (keys.length === 0) return text
  const pattern = new RegExp(keys.map((key) => key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g')
  return text.replace(pattern, (key) => {
    const filling = byKey.get(key)
    return filling === undefined ? key : asText(filling)
  })
}

const shells = /(^|\/)(ba|da|a|z)?sh$/

/** Fills a template. Where the image itself asks for a shell, a value that goes into its script may hold plain signs only. */
export function buildArgv(template: string, fillings: Filling[]): string[] {
  const words = splitWords(template)
  const shell = shells.test(words[0] ?? '')
  return words.flatMap((word) => {
    const whole = fillings.find(({ input }) => keyOf(input) === word)
    if (whole !== undefined && !shell) return asArguments(whole)
    if (shell) {
      const odd = fillings.find(({ input, given }) => word.includes(keyOf(input)) && given.some((value) => !/^[\w.,:=/@%+-]*$/.test(value)))
      if (odd !== undefined) {
        throw new ScansideError(
          'invalid-argument',
          `The value of "${odd.input.label ?? odd.input.name}" may hold letters, digits and . , : = / @ % + - only, for this pipeline passes it to a shell.`,
        )
      }
    }
    return [fillText(word, fillings)]
  })
}
