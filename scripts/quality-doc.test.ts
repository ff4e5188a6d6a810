import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../oct/formats/vol.ts'
import { judge } from '../oct/quality/judge.ts'
import { oscarIb2 } from '../oct/quality/oscar-ib.ts'
import { defaultProfile, parseProfile, roleOf } from '../oct/quality/profile.ts'
import { synthesise } from '../oct/synth/index.ts'

const doc = readFileSync(new URL('../docs/quality.md', import.meta.url), 'utf8')

/** The rows of the table of limits: criterion, what, good, warn, fail, role, evidence. */
function rows(): Map<string, string[]> {
  const from = doc.slice(doc.indexOf('<!-- limits'))
  const lines = from.slice(0, from.indexOf('\n\n', from.indexOf('| ---'))).split('\n')
  const cells = lines.filter((line) => line.startsWith('| `')).map((line) => line.split('|').map((cell) => cell.trim()))
  return new Map(cells.map(([, id = '', ...rest]) => [id.replaceAll('`', ''), rest]))
}

describe('docs/quality.md', () => {
  it('tells the limits and roles of the default profile', () => {
    const told = rows()
    expect([...told.keys()].sort()).toEqual(Object.keys(oscarIb2.limits).sort())
    for (const [id, { warn, fail }] of Object.entries(oscarIb2.limits))
      expect(told.get(id)?.slice(2, 5), id).toEqual([String(warn), String(fail), roleOf(defaultProfile, id)])
  })

  it('names every criterion that is ever told', async () => {
    const scans = (['ring', 'volume', 'line'] as const).map((pattern) => synthesise({ pattern, laterality: 'OD', seed: 3, width: 128, frames: 3 }))
    for (const bytes of scans) {
      const { criteria } = await judge([{ name: '', source: bytesSource(bytes) }], { visit: [{ laterality: 'OS', discSide: 'left' }] })
      for (const { id } of criteria) expect(doc, id).toContain(`\`${id}\``)
    }
  })

  it('shows a profile that is one', () => {
    const [, json = ''] = /```json\n([\s\S]*?)```/.exec(doc) ?? []
    expect(parseProfile(JSON.parse(json))).toMatchObject({ name: 'ms-baseline-1', limits: { C: { warn: 0.15, fail: 0.3 } } })
  })

  it('never speaks of properties that only graded scans could show', () => {
    for (const page of ['../docs/quality.md', '../docs/measurements.md'])
      expect(readFileSync(new URL(page, import.meta.url), 'utf8')).not.toMatch(/sensitivity|specificity/i)
  })
})
