import { describe, expect, it } from 'vitest'
import { defaultProfile, parseProfile } from '../../oct/quality/profile.ts'
import { fakeArchive } from '../runs/fakes.ts'
import { createProfiles } from './profiles.ts'

const signal = new AbortController().signal
const own = { name: 'ms-2026', title: 'MS 2026', limits: { 'S.snr': { warn: 20, fail: 18 } } }
const site = parseProfile({ name: 'site-1', title: 'Site' })
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))

describe('the profile of a project', () => {
  it('is its own, else the site’s, else the default', async () => {
    const archive = fakeArchive()
    archive.projectFiles.set('P/SCANSIDE/profile.json', bytes(own))
    const profileFor = createProfiles({ site, archive: () => ({ archive }) })
    expect(await profileFor('P', signal)).toEqual({ profile: parseProfile(own), problem: null })
    expect(await profileFor('Q', signal)).toEqual({ profile: site, problem: null })
    expect(await profileFor(null, signal)).toEqual({ profile: site, problem: null })
    expect((await createProfiles({ site: null, archive: () => null })('P', signal)).profile).toBe(defaultProfile)
  })

  it('is read once while somebody is signed in, and again after the next sign-in', async () => {
    let archive = fakeArchive()
    let asked = 0
    const counting = () => {
      const made = fakeArchive()
      return Object.assign(made, {
        projectFile: async () => {
          asked++
          return null
        },
      })
    }
    archive = counting()
    const profileFor = createProfiles({ site: null, archive: () => ({ archive }) })
    await profileFor('P', signal)
    await profileFor('P', signal)
    expect(asked).toBe(1)
    archive = counting()
    await profileFor('P', signal)
    expect(asked).toBe(2)
  })

  it('that has a mistake is told, and no other is used in silence', async () => {
    const archive = fakeArchive()
    const profileFor = createProfiles({ site: null, archive: () => ({ archive }) })
    for (const [project, content, said] of [
      ['A', '{', 'no JSON'],
      ['B', { ...own, limits: { S: 1 } }, 'limits.S'],
      ['C', { ...own, name: defaultProfile.name }, 'a name of its own'],
    ] as const) {
      archive.projectFiles.set(`${project}/SCANSIDE/profile.json`, bytes(content))
      expect((await profileFor(project, signal)).problem).toContain(said)
    }
  })

  it('that could not be asked for is asked for again', async () => {
    const archive = fakeArchive()
    const down = Object.assign(fakeArchive(), { projectFile: () => Promise.reject(new Error('away')) })
    let current = down
    const home = () => ({ archive: current })
    const profileFor = createProfiles({ site: null, archive: home })
    await expect(profileFor('P', signal)).rejects.toThrow('away')
    current = Object.assign(archive)
    expect((await profileFor('P', signal)).profile).toBe(defaultProfile)
  })
})
