/** What must hold after every attack. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { Attack } from './attack.ts'
import type { Yard } from './yard.ts'

type Published = { name: string; bytes: Buffer }[]

/** The results lie in the archive once, as this desk knows them. */
export async function publishedOnce(yard: Yard, run: string, published: Published): Promise<void> {
  const { detail } = await yard.seen(run)
  assert.deepEqual([published.length, yard.side.stored(run)], [1, 1], 'times published')
  const bytes = published[0]?.bytes ?? Buffer.alloc(0)
  assert.deepEqual(
    detail.receipt?.published.map(({ size, md5 }) => ({ size, md5 })),
    [{ size: bytes.length, md5: createHash('md5').update(bytes).digest('hex') }],
  )
  assert.deepEqual(detail.summary.verdicts, ['ambiguous'])
  assert.deepEqual(
    detail.results?.scans.map(({ verdict }) => verdict),
    ['ambiguous'],
  )
}

/** Most of a log that is kept, and of one line. */
const logBytes = 2 * 1024 * 1024 + 10_000
const lineCharacters = 4_001

/** Nothing worked that must not, nothing is left, and nothing tells what may not be told. */
export async function nothingBroken(yard: Yard, run: string, attack: Attack, published: Published): Promise<void> {
  const { detail, lines } = await yard.seen(run)
  assert.deepEqual(
    lines.filter(({ text }) => text.startsWith('BROKEN')).map(({ text }) => text),
    [],
    'what worked and must not',
  )
  assert.ok(lines.length <= 1_000 && lines.every(({ text }) => text.length <= lineCharacters), 'a bounded log')
  assert.ok(lines.reduce((sum, { text }) => sum + text.length, 0) <= logBytes, 'a bounded log')
  const { receipt, results, summary } = detail
  assert.deepEqual([receipt?.complete, receipt?.owed], [true, []], 'the receipt')
  assert.ok((receipt?.items.length ?? 0) >= 4, 'two containers and two volumes in the receipt')
  assert.deepEqual(
    yard.things().filter((name) => name.includes(run)),
    [],
    'left on the engine',
  )
  const told = [JSON.stringify({ lines, receipt, results, message: summary.message }), ...published.map(({ bytes }) => bytes.toString('latin1'))]
  for (const text of attack.forbidden ?? []) {
    const escaped = JSON.stringify(text).slice(1, -1)
    assert.ok(!told.some((one) => one.includes(text) || one.includes(escaped)), `told: ${escaped}`)
  }
}
