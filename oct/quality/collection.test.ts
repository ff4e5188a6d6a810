import { describe, expect, it } from 'vitest'
import { opaqueInput, parseArguments, profileArguments } from './collection.ts'
import { defaultProfile, parseProfile } from './judge.ts'

const own = parseProfile({ name: 'ms-2026', title: 'Größe & 網膜', limits: { 'S.snr': { warn: 20, fail: 18 } } })

describe('the arguments of the analysis', () => {
  it('are series and profile, with defaults', () => {
    expect(parseArguments([])).toEqual({ series: true, profile: defaultProfile })
    expect(parseArguments(['--series=false', `--profile=${defaultProfile.name}`])).toEqual({ series: false, profile: defaultProfile })
    for (const wrong of ['--profile=other', '--series', '--help', '']) expect(() => parseArguments([wrong])).toThrow('an argument it does not know')
  })

  it('carry a profile of one’s own in plain signs, and it goes before a name', () => {
    const argv = profileArguments(own)
    expect(argv.join('')).toMatch(/^--profile-json=[\w-]+$/)
    expect(parseArguments([...argv, `--profile=${defaultProfile.name}`]).profile).toEqual(own)
    expect(profileArguments(defaultProfile)).toEqual([])
  })

  it('leave advice at home and refuse what no command line holds', () => {
    const todo = { en: 'x'.repeat(300), de: 'y'.repeat(300) }
    const advice = Array.from({ length: 300 }, () => ({ device: 'D', criterion: 'S', todo, source: 's', reviewer: 'r' }))
    expect(parseArguments(profileArguments({ ...own, advice })).profile).toEqual(own)
    const limits = Object.fromEntries(Array.from({ length: 4000 }, (_, i) => [`own.${i}`, { warn: 1, fail: 2 }]))
    expect(() => profileArguments({ ...own, limits })).toThrow('too long')
  })

  it('say where a profile is damaged or has a mistake', () => {
    expect(() => parseArguments(['--profile-json=%%%'])).toThrow('cannot be read')
    expect(() => parseArguments(['--profile-json=AAAA'])).toThrow('cannot be read')
    expect(() => parseArguments(profileArguments({ ...own, name: 'NOT A NAME' }))).toThrow('mistake at name')
  })
})

describe('names in results', () => {
  it('are those Scanside gave, or made from the digest', () => {
    const sha256 = 'ab'.repeat(32)
    expect(opaqueInput('scan-0d6c9aee-1.vol', 3, sha256).name).toBe('scan-0d6c9aee-1.vol')
    expect(opaqueInput('Doe_Jane_1970.VOL', 3, sha256)).toEqual({ name: 'scan-abababababababab.vol', size: 3, sha256 })
    expect(opaqueInput('Doe', 3, sha256).name).toBe('scan-abababababababab')
  })
})
