import { describe, expect, it } from 'vitest'
import { parseMatcher } from './matcher.ts'

const scan = {
  id: '3',
  type: 'OCT ring',
  frames: 12,
  resources: [
    { label: 'VOL', format: 'VOL' },
    { label: 'SNAPSHOTS', format: 'GIF' },
  ],
}

describe('parseMatcher', () => {
  it.each([
    ['', true],
    ["@.type == 'OCT ring'", true],
    ['@.type == "other"', false],
    ["@.type != 'other'", true],
    ["'VOL' in @.resources[*].label", true],
    ["'DICOM' in @.resources[*].label", false],
    ["'DICOM' nin @.resources[*].label", true],
    ["@.type in ['OCT', 'OCT ring']", true],
    ["@['type'] == 'OCT ring' && 'GIF' in @.resources[*].format", true],
    ["@.type == 'x' || @.id == '3' && @.frames >= 12", true],
    ["(@.type == 'x' || @.id == '3') && @.frames > 12", false],
    ["!(@.type == 'x')", true],
    ['@.resources', false],
    ["@.missing == 'x'", false],
    ['@.missing == null', true],
    ["@.constructor == 'x'", false],
    ['@.frames < 20', true],
    ['@.type < 5', false],
    ["@.type == 'it\\'s'", false],
  ])('%s is %s', (text, taken) => {
    expect(parseMatcher(text)(scan)).toBe(taken)
  })

  it.each([
    '@.type =~ /OCT.*/i',
    '@.type ==',
    "== 'x'",
    "@.type == 'x",
    "@.type == 'x' garbage",
    'eval(1)',
    '@.a.b(',
    "$..type == 'x'",
    "@.type in ['a' ",
  ])('does not take %s for true', (text) => {
    expect(() => parseMatcher(text)).toThrow(expect.objectContaining({ code: 'not-supported' }))
  })
})
