/**
 * The last hands a report goes through. What is put into it names nobody to begin with; should something slip in all the same, it is taken out here:
 * what this desk knows as a name, and whatever has the shape of an address, a path or a secret.
 */
import { createHash } from 'node:crypto'

export interface Known {
  /** Host names of the institute: shown as a digest, so that two lines about one host can be told to be. */
  hosts: readonly string[]
  /** Users, people, labels, projects, this computer's name and account. */
  names: readonly string[]
  /** Goes into the digests, so that nobody finds a host by trying names: this installation's id. */
  salt: string
}

const shapes: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]+-----[\s\S]*?-----END [A-Z ]+-----/g, '<key>'],
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi, '<address>'],
  [/\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g, '<mail>'],
  [/\b(?:Basic|Bearer) [A-Za-z0-9+/=._~-]{6,}/g, '<secret>'],
  [/\b(?:authorization|cookie|token|secret|password|passwort|jsessionid|x-auth-token)\b["']?\s*[:=]\s*["']?[^\s"',;}]+/gi, '<secret>'],
  // Before paths: base64 holds slashes.
  [/(?<![A-Za-z0-9+/=_-])(?=[A-Za-z0-9+/_-]*\d)(?=[A-Za-z0-9+/_-]*[A-Za-z])[A-Za-z0-9+/_-]{32,}={0,2}(?![A-Za-z0-9+/=_-])/g, '<secret>'],
  [/\b[A-Za-z]:\\[^\s"'<>|]*/g, '<path>'],
  [/\\\\[^\s"'<>|\\]+\\[^\s"'<>|]*/g, '<path>'],
  [/(?<![\w.<])~?\/(?:[^\s"'<>|:/]+\/)+[^\s"'<>|:]*/g, '<path>'],
  [/\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b/g, '<address>'],
  [/(?<![\w:.])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}(?![\w:])/gi, '<address>'],
]

const word = /[\p{L}\p{N}]+/gu
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const wordPattern = (word: string) => new RegExp(`(?<![\\p{L}\\p{N}])${escaped(word)}(?![\\p{L}\\p{N}])`, 'giu')

/** `host-1f0c93aa`: eight hex digits of a salted digest. */
export const hostDigest = (host: string, salt: string): string =>
  `host-${createHash('sha256').update(`${salt}\n${host.toLowerCase()}`).digest('hex').slice(0, 8)}`

/** The text without what it must not tell. Longer names go first, so that none is left in half. */
export function redact(text: string, { hosts, names, salt }: Known): string {
  const longest = (words: readonly string[]) => [...new Set(words)].filter((word) => word.trim().length >= 2).sort((a, b) => b.length - a.length)
  let out = text
  for (const host of longest(hosts)) out = out.replace(wordPattern(host), hostDigest(host, salt))
  for (const [shape, name] of shapes) out = out.replace(shape, name)
  // A desk may have seen hundreds of thousands of labels: those of which a word is nowhere in the text are passed over without reading it again.
  const lower = out.toLowerCase()
  const words = new Set(lower.match(word))
  const mayBe = (name: string): boolean => {
    const its = name.match(word)
    return its === null ? lower.includes(name) : its.every((each) => words.has(each))
  }
  for (const name of longest(names.filter((each) => mayBe(each.toLowerCase())))) out = out.replace(wordPattern(name), '<name>')
  return out
}
