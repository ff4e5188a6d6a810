/** JSON with line numbers: what JSON.parse does, and where each value and each mistake stands. Pure. */

/** A mistake in JSON. `line` counts from 1. */
export class JsonMistake extends Error {
  readonly line: number
  constructor(line: number, message: string) {
    super(message)
    this.name = 'JsonMistake'
    this.line = line
  }
}

export interface JsonWithLines {
  value: unknown
  /** The line a value stands on; of an object's member, the line of its name; of what is not there, that of what it would stand in. */
  lineOf(path: readonly PropertyKey[]): number
}

const keyOf = (path: readonly PropertyKey[]) => JSON.stringify(path.map(String))
const deepest = 50

/** @throws JsonMistake */
export const parseJsonWithLines = (text: string): JsonWithLines => {
  const lines = new Map<string, number>()
  let at = text.startsWith('\uFEFF') ? 1 : 0

  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length
  const mistake = (message: string, offset = at): JsonMistake => new JsonMistake(lineAt(Math.min(offset, text.length)), message)

  const space = () => {
    while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at += 1
  }

  const expect = (wanted: string, message: string) => {
    space()
    if (text[at] !== wanted) throw mistake(message)
    at += 1
  }

  const literal = (): unknown => {
    const found = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/.exec(text.slice(at, at + 400))?.[0]
    if (found === undefined) throw mistake(at >= text.length ? 'the file ends too early' : 'a value is expected here; text stands in double quotes')
    at += found.length
    return JSON.parse(found)
  }

  const string = (): string => {
    const begin = at
    at += 1
    while (at < text.length && text[at] !== '"' && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
    if (text[at] !== '"') throw mistake('a closing double quote is missing', begin)
    at += 1
    try {
      return String(JSON.parse(text.slice(begin, at)))
    } catch {
      throw mistake('this text holds a character JSON does not allow; write a backslash twice', begin)
    }
  }

  const members = (path: PropertyKey[]): Record<string, unknown> => {
    const object: Record<string, unknown> = Object.create(null)
    at += 1
    space()
    if (text[at] === '}') {
      at += 1
      return object
    }
    for (;;) {
      space()
      if (text[at] !== '"') throw mistake(text[at] === '}' ? 'there is a comma too many before this' : 'a name in double quotes is expected here')
      const here = at
      const name = string()
      if (name in object) throw mistake(`"${name}" stands here twice`, here)
      lines.set(keyOf([...path, name]), lineAt(here))
      expect(':', `a colon is missing after "${name}"`)
      object[name] = value([...path, name])
      space()
      if (text[at] === '}') break
      expect(',', at >= text.length ? 'the file ends too early: a } is missing' : 'a comma or } is missing before this')
    }
    at += 1
    return object
  }

  const elements = (path: PropertyKey[]): unknown[] => {
    const list: unknown[] = []
    at += 1
    space()
    if (text[at] === ']') {
      at += 1
      return list
    }
    for (;;) {
      space()
      if (text[at] === ']') throw mistake('there is a comma too many before this')
      lines.set(keyOf([...path, list.length]), lineAt(at))
      list.push(value([...path, list.length]))
      space()
      if (text[at] === ']') break
      expect(',', at >= text.length ? 'the file ends too early: a ] is missing' : 'a comma or ] is missing before this')
    }
    at += 1
    return list
  }

  const value = (path: PropertyKey[]): unknown => {
    space()
    if (path.length > deepest) throw mistake('this is nested too deep')
    if (text[at] === '{') return members(path)
    if (text[at] === '[') return elements(path)
    return text[at] === '"' ? string() : literal()
  }

  const whole = value([])
  space()
  if (at < text.length) throw mistake('there is something after the end')
  const lineOf = (path: readonly PropertyKey[]): number => lines.get(keyOf(path)) ?? (path.length > 0 ? lineOf(path.slice(0, -1)) : 1)
  return { value: whole, lineOf }
}
