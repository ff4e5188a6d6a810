import { describe, expect, it } from 'vitest'
import { fakeXnat } from '../outbox/fakes.ts'
import { type Decision, decideHome } from './publish.ts'

const ours = { size: 10, md5: 'a'.repeat(32) }
const none = { size: 10, md5: '' }
const other = { size: 10, md5: 'b'.repeat(32) }
const longer = { size: 11, md5: '' }

describe('what is done about a file', () => {
  const cases: [string, (typeof ours)[], Decision, Decision][] = [
    ['is not there', [], 'send', 'send'],
    ['is there', [ours], 'home', 'home'],
    ['is there, digest in capitals', [{ ...ours, md5: 'A'.repeat(32) }], 'home', 'home'],
    ['is listed twice', [ours, ours], 'home', 'home'],
    ['may be there, without a digest', [none], 'compare', 'compare'],
    ['is listed twice, once without a digest', [ours, none], 'compare', 'compare'],
    ['has another content', [other], 'conflict', 'replace'],
    ['has another size and no digest', [longer], 'conflict', 'replace'],
    ['has ours and another', [ours, other], 'conflict', 'conflict'],
  ]
  it.each(cases)('that %s', (_what, listed, decision, allowed) => {
    expect(decideHome(listed, ours, () => false)).toBe(decision)
    expect(decideHome(listed, ours, ({ size, md5 }) => size !== ours.size || md5 !== ours.md5)).toBe(allowed)
  })
})

it('is home only where everything listed under its name is it', async () => {
  const xnat = fakeXnat()
  const name = 'oct-quality/0.1.0/run/results.json'
  const path = { project: 'P', subject: 'S', session: 'E' }
  const publish = () => xnat.archive.publish(path, name, Buffer.from('{}'), new AbortController().signal)
  xnat.twice = 'other'
  await expect(publish()).rejects.toMatchObject({ code: 'integrity' })
  xnat.twice = true
  await expect(publish()).resolves.toMatchObject({ size: 2 })
  expect(xnat.stored).toEqual([name])
})
