/**
 * Matchers of wrapper inputs: the JSONPath filters in use for XNAT (`@.label == 'VOL'`, `'DICOM' in @.resources[*].label`).
 * A filter that is not understood is refused, never taken as true. Regular expressions are not read.
 */
import { ScansideError } from '../../oct/errors.ts'

export type Matchable = { [key: string]: string | number | boolean | Matchable | Matchable[] | undefined }
export type Matcher = (object: Matchable) => boolean

type Value = string | number | boolean | null | Value[]
type Expression = (object: Matchable) => Value

interface Token {
  kind: 'string' | 'number' | 'path' | 'mark' | 'word'
  text: string
}

const tokenRules: [Token['kind'], RegExp][] = [
  ['string', /^'((?:[^'\\]|\\.)*)'/],
  ['string', /^"((?:[^"\\]|\\.)*)"/],
  ['number', /^-?\d+(?:\.\d+)?/],
  ['path', /^@((?:\.[\w-]+|\[\*\]|\['[\w-]+'\])*)/],
  ['mark', /^(?:==|!=|<=|>=|&&|\|\||[<>()[\],!])/],
  ['word', /^(?:in|nin|true|false|null)\b/i],
]

function tokenise(text: string): Token[] {
  const tokens: Token[] = []
  let rest = text.trim()
  while (rest !== '') {
    let found = false
    for (const [kind, rule] of tokenRules) {
      const match = rule.exec(rest)
      if (match === null) continue
      const inner = match[1] ?? match[0]
      tokens.push({ kind, text: kind === 'string' ? inner.replace(/\\(.)/g, '$1') : inner })
      rest = rest.slice(match[0].length).trimStart()
      found = true
      break
    }
    if (!found) throw new Error('unknown sign')
  }
  return tokens
}

/** `.resources[*].label`: a list as soon as a `[*]` is passed. */
function pathExpression(path: string): Expression {
  const steps = [...path.matchAll(/\.([\w-]+)|\['([\w-]+)'\]|(\[\*\])/g)].map((step) => step[1] ?? step[2] ?? '*')
  const spread = steps.includes('*')
  return (object) => {
    let found: unknown[] = [object]
    for (const step of steps) {
      found =
        step === '*'
          ? found.flatMap((value) => (Array.isArray(value) ? value : []))
          : found.map((value) => (typeof value === 'object' && value !== null && Object.hasOwn(value, step) ? (value as Matchable)[step] : undefined))
    }
    const plain = found.map((value): Value => (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null))
    return spread ? plain : (plain[0] ?? null)
  }
}

const truth = (value: Value): boolean => (Array.isArray(value) ? value.length > 0 : value !== null && value !== false && value !== '')

function compare(sign: string, left: Value, right: Value): boolean {
  switch (sign.toLowerCase()) {
    case '==':
      return left === right
    case '!=':
      return left !== right
    case 'in':
      return Array.isArray(right) && right.includes(left)
    case 'nin':
      return Array.isArray(right) && !right.includes(left)
  }
  if (typeof left !== typeof right || (typeof left !== 'number' && typeof left !== 'string') || right === null) return false
  if (sign === '<') return left < right
  if (sign === '<=') return left <= right
  if (sign === '>') return left > right
  return left >= right
}

const comparisons = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', 'nin'])

/** Reads a filter. Throws `not-supported` with the filter in the sentence. */
export function parseMatcher(text: string): Matcher {
  const unsupported = () =>
    new ScansideError('not-supported', `The pipeline chooses its inputs by a filter Scanside does not understand: ${text.slice(0, 200)}`)
  if (text.trim() === '') return () => true
  let tokens: Token[]
  try {
    tokens = tokenise(text)
  } catch {
    throw unsupported()
  }
  let at = 0
  const peek = (mark: string): boolean => tokens[at]?.kind === 'mark' && tokens[at]?.text === mark
  const expect = (mark: string): void => {
    if (!peek(mark)) throw unsupported()
    at += 1
  }

  const value = (): Expression => {
    const token = tokens[at]
    if (token === undefined) throw unsupported()
    at += 1
    if (token.kind === 'string') return () => token.text
    if (token.kind === 'number') return () => Number(token.text)
    if (token.kind === 'path') return pathExpression(token.text)
    if (token.kind === 'word' && /^(true|false|null)$/i.test(token.text)) {
      const constant = token.text.toLowerCase()
      return () => (constant === 'null' ? null : constant === 'true')
    }
    if (token.kind === 'mark' && token.text === '[') {
      const items: Expression[] = []
      while (!peek(']')) {
        items.push(value())
        if (peek(',')) at += 1
      }
      expect(']')
      return (object) => items.map((item) => item(object))
    }
    throw unsupported()
  }
  const comparison = (): Expression => {
    if (peek('!')) {
      at += 1
      const inner = comparison()
      return (object) => !truth(inner(object))
    }
    if (peek('(')) {
      at += 1
      const inner = either()
      expect(')')
      return inner
    }
    const left = value()
    const sign = tokens[at]?.text ?? ''
    const isSign = tokens[at]?.kind !== 'string' && comparisons.has(sign.toLowerCase())
    if (!isSign) return (object) => truth(left(object))
    at += 1
    const right = value()
    return (object) => compare(sign, left(object), right(object))
  }
  const both = (): Expression => {
    let left = comparison()
    while (peek('&&')) {
      at += 1
      const [a, b] = [left, comparison()]
      left = (object) => truth(a(object)) && truth(b(object))
    }
    return left
  }
  const either = (): Expression => {
    let left = both()
    while (peek('||')) {
      at += 1
      const [a, b] = [left, both()]
      left = (object) => truth(a(object)) || truth(b(object))
    }
    return left
  }

  const expression = either()
  if (at !== tokens.length) throw unsupported()
  return (object) => truth(expression(object))
}
