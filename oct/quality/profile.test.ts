import { describe, expect, it } from 'vitest'
import type { ScansideError } from '../errors.ts'
import { bytesSource } from '../formats/vol.ts'
import { synthesise } from '../synth/index.ts'
import { judge } from './judge.ts'
import { defaultProfile, parseProfile } from './profile.ts'
import { mistakeIn } from './profile-mistakes.ts'

const named = { name: 'site-1', title: 'Site' }
const words = { en: 'x', de: 'x' }
const protocol = { id: 'ring', label: words, patterns: ['ring'], region: 'disc', eyes: ['OD'] }

function mistake(own: object): unknown {
  try {
    parseProfile({ ...named, ...own })
    return null
  } catch (error) {
    return (error as ScansideError).details?.field
  }
}

describe('a profile that is half right is refused with its field, not half used', () => {
  it.each<[string, object, string]>([
    ['a rule for nothing', { rules: { completenes: 'advisory' } }, 'rules.completenes'],
    ['a limit for nothing', { limits: { 'C.rings': { warn: 0, fail: 1 } } }, 'limits.C.rings'],
    ['a limit that lies elsewhere', { limits: { S: { warn: 20, fail: 18 } } }, 'limits.S'],
    ['a low limit the wrong way round', { limits: { C: { warn: 0.4, fail: 0.2 } } }, 'limits.C'],
    ['a high limit the wrong way round', { limits: { 'S.cnr': { warn: 2.5, fail: 4 } } }, 'limits.S.cnr'],
    ['an empty range', { protocols: [{ ...protocol, art: { min: 100, max: 16 } }] }, 'protocols.0.art'],
    ['two protocols of one id', { protocols: [protocol, { ...protocol, art: { min: 1, max: 2 } }] }, 'protocols.1.id'],
    ['advice on nothing', { advice: [{ device: 'H', criterion: 'cut-upper', todo: words, source: 'S', reviewer: 'R' }] }, 'advice.0.criterion'],
    ['dB of a device without', { devices: [{ device: 'Topcon', contrast: false, quality: { least: 15, source: 'x' } }] }, 'devices.0.quality'],
  ])('%s', (_, own, field) => {
    expect(mistake(own)).toBe(field)
  })

  it('takes what is right', () => {
    expect(mistake({ rules: { 'O.protocol': 'required', 'L.pair': 'required' }, limits: { 'S.cnr': { warn: 5, fail: 3 } } })).toBeNull()
    expect(mistakeIn(defaultProfile)).toBeNull()
  })
})

it('knows every criterion that is told', async () => {
  const bytes = synthesise({ pattern: 'volume', laterality: 'OD', seed: 7, width: 96, height: 128, frames: 7 })
  const { criteria } = await judge([{ name: '', source: bytesSource(bytes) }])
  for (const { id } of criteria) expect(mistake({ rules: { [id]: 'advisory' } }), id).toBeNull()
})
