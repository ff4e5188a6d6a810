import { describe, expect, it } from 'vitest'
import { type CommandInput, commandInputSchema } from './command.ts'
import { buildArgv, fillText, splitWords } from './command-line.ts'
import { checkValue } from './values.ts'

const input = (fields: Record<string, unknown>): CommandInput => commandInputSchema.parse({ name: 'x', ...fields })
const argv = (template: string, fields: Record<string, unknown>, value?: string): string[] => {
  const one = input(fields)
  return buildArgv(template, [{ input: one, given: checkValue(one, value) }])
}

describe('splitWords', () => {
  it.each([
    ['run /input /output', ['run', '/input', '/output']],
    [`a 'b c' "d \\"e\\"" f\\ g ''`, ['a', 'b c', 'd "e"', 'f g', '']],
    ['--x="a b"c', ['--x=a bc']],
    ["sh -c 'ls | wc'", ['sh', '-c', 'ls | wc']],
  ])('%s', (template, words) => {
    expect(splitWords(template)).toEqual(words)
  })

  it.each(['a | b', 'a > b', 'a && b', 'a; b', 'a `b`', 'a $(b)', 'a $HOME', "a 'b"])('refuses %s', (template) => {
    expect(() => splitWords(template)).toThrow(expect.objectContaining({ code: 'not-supported' }))
  })
})

describe('buildArgv', () => {
  it.each<[string, Record<string, unknown>, string | undefined, string[]]>([
    ['run #x#', {}, 'a b; rm -rf / $(id) "', ['run', 'a b; rm -rf / $(id) "']],
    ['run #x# end', {}, undefined, ['run', 'end']],
    ['run [X]', { 'replacement-key': '[X]' }, 'v', ['run', 'v']],
    ['run #x#', { 'command-line-flag': '--x' }, 'v w', ['run', '--x', 'v w']],
    ['run #x#', { 'command-line-flag': '--x', 'command-line-separator': '=' }, 'v w', ['run', '--x=v w']],
    ['run #x#', { 'command-line-flag': '--x' }, undefined, ['run']],
    ['run --y=#x#', {}, 'v w', ['run', '--y=v w']],
    ['run "#x#"', {}, 'v w', ['run', 'v w']],
    ['run #x#', { type: 'boolean', 'true-value': '--fast', 'false-value': '' }, 'true', ['run', '--fast']],
    ['run #x#', { type: 'boolean', 'true-value': '--fast', 'false-value': '' }, 'false', ['run']],
    ['run #x#', { type: 'boolean' }, 'no', ['run', 'false']],
    ['run #x#', { type: 'number', 'default-value': 5 }, undefined, ['run', '5']],
    ['run #x#', { type: 'select-many', 'select-values': ['a', 'b'] }, '["a","b"]', ['run', 'a', 'b']],
    [
      'run #x#',
      { type: 'select-many', 'select-values': ['a', 'b'], 'multiple-delimiter': 'comma', 'command-line-flag': '-s' },
      'a,b',
      ['run', '-s', 'a,b'],
    ],
    [
      'run #x#',
      { type: 'select-many', 'select-values': ['a', 'b'], 'multiple-delimiter': 'flag', 'command-line-flag': '-s' },
      'a,b',
      ['run', '-s', 'a', '-s', 'b'],
    ],
    ["/bin/sh -c 'run #x# > /output/log'", {}, 'v-1', ['/bin/sh', '-c', 'run v-1 > /output/log']],
  ])('%s with %o = %s', (template, fields, value, words) => {
    expect(argv(template, fields, value)).toEqual(words)
  })

  it.each(['a b', '$(id)', 'a;b', "a'b", 'a"b', '`id`'])('keeps %s out of a shell the image asks for', (value) => {
    expect(() => argv("/bin/sh -c 'run #x#'", {}, value)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })

  it('does not fill a value that looks like a key', () => {
    const [a, b] = [input({ name: 'a' }), input({ name: 'b' })]
    expect(
      fillText('#a# #b#', [
        { input: a, given: ['#b#'] },
        { input: b, given: ['$&'] },
      ]),
    ).toBe('#b# $&')
  })
})

describe('checkValue', () => {
  it.each<[Record<string, unknown>, string | undefined, RegExp]>([
    [{ required: true, label: 'Threshold' }, '', /"Threshold" is needed/],
    [{ type: 'number' }, 'many', /must be a number/],
    [{ type: 'number' }, 'Infinity', /must be a number/],
    [{ type: 'number' }, '0x10', /must be a number/],
    [{ type: 'boolean' }, 'maybe', /yes or no/],
    [{ type: 'select-one', 'select-values': ['a'] }, 'b', /one of: a/],
    [{ type: 'select-many', 'select-values': ['a'] }, 'a,b', /chosen from: a/],
    [{}, 'a\nb', /line break/],
    [{}, 'a\u0000b', /cannot be used/],
    [{}, 'x'.repeat(2_001), /too long/],
  ])('%o = %s', (fields, value, sentence) => {
    expect(() => checkValue(input(fields), value)).toThrow(sentence)
  })

  it('takes the default for nothing', () => {
    expect(checkValue(input({ 'default-value': 'd' }), '')).toEqual(['d'])
    expect(checkValue(input({ required: true, 'default-value': 3, type: 'number' }), undefined)).toEqual(['3'])
    expect(checkValue(input({}), undefined)).toEqual([])
  })
})
