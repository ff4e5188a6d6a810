import { beforeEach, describe, expect, it } from 'vitest'
import { ScansideError } from '../../../oct/errors.ts'
import type { FoundCloud } from '../../../preload/cloud.ts'
import { findClouds, forgetRead, forgetSignIn, readClouds, useSignInView } from './cloud-store.ts'

const found = (name: string, problem: string | null = null): FoundCloud => ({
  name,
  host: '',
  region: null,
  project: null,
  means: null,
  problem,
  regions: [],
})
const finding = (...clouds: FoundCloud[]) => ({ found: async () => ({ clouds, problem: null }) })
const now = useSignInView.getState

beforeEach(forgetSignIn)

describe('the way into a cloud', () => {
  it('opens the first entry that can be used', async () => {
    await findClouds(finding(found('old', 'It has no address.'), found('lab')))
    expect(now().entry).toBe('lab')
  })
  it('shows what chosen files hold, and goes back', async () => {
    await findClouds(finding(found('lab')))
    await readClouds({ clouds: 'x', secure: null }, { read: async () => ({ clouds: [found('mine')] }) })
    expect([now().read?.length, now().entry, now().reading]).toEqual([1, 'mine', false])
    forgetRead()
    expect([now().read, now().entry]).toEqual([null, 'lab'])
  })
  it('keeps what was shown where a file cannot be read, and no text of it', async () => {
    await findClouds(finding(found('lab')))
    const refused = async () => {
      throw new ScansideError('invalid-file', 'Line 3 is no YAML.')
    }
    await readClouds({ clouds: 'secret: text', secure: null }, { read: refused })
    expect([now().entry, now().problem?.message]).toEqual(['lab', 'Line 3 is no YAML.'])
    expect(JSON.stringify(now())).not.toContain('secret: text')
  })
})
