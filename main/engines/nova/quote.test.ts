import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { curlLine, safeAddress, shellQuoted, wholeNumber } from './quote.ts'

const nasty = [
  'plain',
  '',
  "it's",
  "'",
  "''",
  '"double"',
  '$(touch x)',
  '`id`',
  '$HOME',
  'a\nb\n',
  '\\',
  "\\'",
  '-n',
  '*',
  '; rm -rf /',
  'ä€',
  '\t',
  '!!',
  '#',
]

describe('a value as a word of a shell', () => {
  it.each(nasty)('arrives as it was: %j', (value) => {
    const back = execFileSync('/bin/sh', ['-c', `printf '<%s>' ${shellQuoted(value)}`], { encoding: 'utf8' })
    expect(back).toBe(`<${value}>`)
  })
  it('refuses what no shell can carry', () => {
    expect(() => shellQuoted('a\0b')).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })
})

describe("a value as a line of curl's config", () => {
  it('stays one option, and quotes stay text', () => {
    const folder = mkdtempSync(join(tmpdir(), 'curl-'))
    try {
      const config = join(folder, 'config')
      // A file's address needs no network; what is written out is what curl understood.
      writeFileSync(join(folder, 'a'), '')
      writeFileSync(config, [curlLine('url', `file://${folder}/a`), curlLine('write-out', 'say "x" \\ y')].join('\n'))
      expect(execFileSync('curl', ['-s', '-K', config], { encoding: 'utf8' })).toBe('say "x" \\ y')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
  it.each(['a\nb', 'a\rb', 'a\0b'])('refuses %j', (value) => {
    expect(() => curlLine('url', value)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })
})

describe('addresses', () => {
  it.each(['https://x.example.org/a?b=c', 'http://127.0.0.1:8080/x', 'http://localhost/x', 'http://[::1]:1/'])('takes %s', (address) => {
    expect(safeAddress(address)).toBe(address)
  })
  it.each(['http://x.example.org', 'ftp://x', 'file:///etc/passwd', '', 'http://127.0.0.1.example.org/'])('refuses %j', (address) => {
    expect(() => safeAddress(address)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })
})

it.each([-1, 0.5, Number.NaN, 2 ** 60])('refuses %s as a number of bytes', (value) => {
  expect(() => wholeNumber(value)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
})
