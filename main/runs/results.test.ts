import { describe, expect, it } from 'vitest'
import type { Results } from '../../oct/results.ts'
import { judge } from './fakes.ts'
import { jsonDepth, mostMembers, namesTwice } from './json-text.ts'
import { checkInputs, findResults, maxResultBytes, parseResults } from './results.ts'

const sha = 'ab'.repeat(32)
const staged = [
  { name: 'scan-1.vol', size: 10, sha256: sha },
  { name: 'scan-2.vol', size: 20, sha256: 'cd'.repeat(32) },
]
const good = (): Results => judge(staged.map(({ name, ...file }) => ({ path: `SCANS/1/VOL/${name}`, ...file })))
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))
const first = (change: object) => ({ ...good(), scans: [{ ...good().scans[0], ...change }] })

describe('results.json', () => {
  it('is read', () => {
    expect(parseResults(bytes(good()))).toEqual(good())
  })

  const unknown = first({ verdict: 'unknown', error: { code: 'invalid-file', message: 'cut off' } })
  it('keeps an unknown verdict unknown', () => {
    expect(parseResults(bytes(unknown)).scans[0]?.verdict).toBe('unknown')
  })

  for (const [what, value] of [
    ['empty', ''],
    ['cut off', JSON.stringify(good()).slice(0, -5)],
    ['Infinity', JSON.stringify(good()).replace('21', '1e999')],
    ['a million brackets', '['.repeat(1_000_000)],
    ['two verdicts', JSON.stringify(good()).replace('"verdict":', '"verdict":"unusable","verdict":')],
    ['a byte order mark', `\ufeff${JSON.stringify(good())}`],
    ['another schema', { ...good(), schema: '2.0' }],
    ['another verdict', first({ verdict: 'fine' })],
    ['unknown without a reason', first({ verdict: 'unknown' })],
    ['usable with an error', first({ error: { code: 'x', message: 'y' } })],
    ['usable without anything measured', first({ criteria: [] })],
    ['a list', [good()]],
    ['null', 'null'],
  ] as const) {
    it(`is refused with a sentence: ${what}`, () => {
      expect(() => parseResults(bytes(value))).toThrow(
        expect.objectContaining({ code: 'output-refused', message: expect.stringMatching(/Nothing was sent/) }),
      )
    })
  }

  it('is refused where it is not UTF-8, too large or absent', () => {
    const refused = expect.objectContaining({ code: 'output-refused' })
    expect(() => parseResults(new Uint8Array([0xff, 0xfe]))).toThrow(refused)
    expect(() => parseResults(new Uint8Array(maxResultBytes + 1))).toThrow(refused)
    expect(() => findResults([{ kind: 'stream', path: 'other/results.json', size: 0, bytes: new Uint8Array(), sha256: '' }])).toThrow(refused)
  })

  it('counts depth outside strings', () => {
    expect(jsonDepth('{"a":[1,"[[[[\\"[["]}', 32)).toBe(2)
    expect(jsonDepth('['.repeat(50), 32)).toBe(33)
  })

  it('counts the members of the widest object outside strings, and no further than it must', () => {
    expect(mostMembers('{"a":{"b:":":","c":[1,{"d":2}]},"e":3,"f":[{},{"g":4}]}', 10)).toBe(3)
    expect(mostMembers('[]', 10)).toBe(0)
    expect(mostMembers(`{${'"x":1,'.repeat(50)}`, 10)).toBe(11)
  })

  it('is refused where one object names very many things: parsing them would stop the window', () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `"k${i}":0`).join(',')
    expect(() => parseResults(Buffer.from(`{${names}}`))).toThrow(/names too many things in one place/)
  })

  it.each([
    ['{"a":1,"a":2}', true],
    ['{"a":1,"\\u0061" \n : 2}', true],
    [`{"a":1,"a"${' '.repeat(500)}:2}`, true],
    ['[{"b":[{"a":1,"c":{},"a":[]}]}]', true],
    ['{"a":{"a":{"a":"a"}},"b":["a","a",{"a":"a"}]}', false],
    ['[{"a":1},{"a":1}]', false],
    ['{"a":"\\"b\\":1","b":1}', false],
    ['"a"', false],
  ])('names something twice: %s is %s', (text, twice) => {
    JSON.parse(text)
    expect(namesTwice(text)).toBe(twice)
  })

  it('never quotes its content in details', () => {
    try {
      parseResults(bytes({ ...good(), pipeline: { name: 5, version: 'MUSTERMANN', profile: 'x' } }))
      expect.unreachable()
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('MUSTERMANN')
    }
  })
})

describe('results and inputs', () => {
  it('agree, with or without folders in the name', () => {
    expect(checkInputs(good(), staged)).toEqual({ unmentioned: 0 })
    const foldered = first({ inputs: [{ name: 'SCANS/1/VOL/scan-1.vol', size: 10, sha256: sha }] })
    expect(checkInputs(foldered as Results, staged)).toEqual({ unmentioned: 1 })
  })

  for (const [what, inputs] of [
    ['a file that was not given', [{ name: 'scan-3.vol', size: 10, sha256: sha }]],
    ['another digest', [{ name: 'scan-1.vol', size: 10, sha256: 'ef'.repeat(32) }]],
    ['another size', [{ name: 'scan-1.vol', size: 11, sha256: sha }]],
    ['no file', []],
  ] as const) {
    it(`are refused with ${what}`, () => {
      expect(() => checkInputs(first({ inputs }) as Results, staged)).toThrow(expect.objectContaining({ code: 'output-refused' }))
    })
  }

  it('are refused without any scan', () => {
    expect(() => checkInputs({ ...good(), scans: [] }, staged)).toThrow('speaks of no scan')
  })
})
