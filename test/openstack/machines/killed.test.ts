/**
 * The desk is killed with -9 at each of its steps, before the step has left it and after the other side has done what was asked, and started
 * again: the run is done, its result is in the archive once, and nothing is left. A step is the first request of its kind.
 */
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DeskProcess } from '../../support/desk-process.ts'
import { nothingLeft } from '../lab.ts'
import type { Asked } from '../proxy.ts'
import { nextLife, openLabDesk, orderOf, settled } from './lab-desk.ts'
import { sessionPath } from './trial.ts'
import { openWorld, type World } from './world.ts'

/** All of them where the suite was asked for by name; else this many, evenly spread. */
const whole = process.env.SCANSIDE_TEST_WHOLE === '1'
const short = 5

/** A request's kind: who is asked for what, without ids, numbers and dates. */
const kindOf = ({ service, method, path, body }: Asked): string => {
  const plain = path
    .replace(/\?.*$/, '')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replace(/AUTH_[0-9a-f]+/, '<account>')
  const listing = path.includes('format=json') && service === 'object-store' ? ' listing' : ''
  const action = path.endsWith('/action') ? ` ${Object.keys(JSON.parse(body || '{}'))[0] ?? ''}` : ''
  return `${service} ${method} ${plain}${listing}${action}`
}
interface Point {
  kind: string
  when: 'before' | 'after'
}
const ofDesk = ({ agent }: Asked) => agent.startsWith('Scanside/')

let world: World
let desk: DeskProcess

beforeAll(async () => {
  world = await openWorld()
  desk = await openLabDesk(world)
})
afterAll(async () => {
  await desk.stop()
  rmSync(desk.home, { recursive: true, force: true })
  await world.stop()
  expect(world.hypervisor.faults).toEqual([])
})

/** Names of this run's files in the archive. */
async function filesOf(run: string): Promise<string[]> {
  const { text } = await world.archiveText(`${sessionPath}/resources/SCANSIDE/files?format=json`)
  if (!text.startsWith('{')) return []
  const { ResultSet } = JSON.parse(text) as { ResultSet: { Result: { URI: string }[] } }
  return ResultSet.Result.map(({ URI }) => URI.split('/files/')[1] ?? '').filter((name) => name.includes(run))
}

/** Before and after what changes something; whoever only asks has the same behind him either way. */
const pointsOf = (kind: string): Point[] =>
  / (GET|HEAD) /.test(kind) && !/tokens/.test(kind)
    ? [{ kind, when: 'before' }]
    : [
        { kind, when: 'before' },
        { kind, when: 'after' },
      ]

/** Another life, so that what a process asks once is asked again. */
async function reborn(): Promise<void> {
  await desk.kill()
  desk = await nextLife(world, desk.home)
  await settled(desk)
}

/** Starts a run and kills the desk at its first request of this kind; then the next life ends it. Answers whether that request came. */
async function killedAt({ kind, when }: Point): Promise<boolean> {
  await reborn()
  const order = await orderOf(desk)
  const known = new Set((await desk.call('runs.list', { offset: 0, limit: 200 })).rows.map(({ id }) => id))
  const dying = desk
  let struck: Asked | null = null
  world.middle.meddle(async (asked) => {
    if (struck || !ofDesk(asked) || kindOf(asked) !== kind) return null
    struck = asked
    if (when === 'after') return null
    await dying.kill()
    return { kind: 'cut-before' }
  })
  world.middle.onAnswered(async (asked) => {
    if (asked === struck && when === 'after') await dying.kill()
  })
  try {
    const started = await desk.call('runs.start', order).catch(() => null)
    if (started) await settled(desk).catch((error: unknown) => (struck ? null : Promise.reject(error)))
  } finally {
    world.middle.meddle(null)
    world.middle.onAnswered(null)
  }
  if (struck) {
    await dying.kill()
    desk = await nextLife(world, dying.home)
    await settled(desk)
  }
  const rows = (await desk.call('runs.list', { offset: 0, limit: 200 })).rows.filter(({ id }) => !known.has(id))
  for (const row of rows) {
    expect(row, `${row.state}, ${row.home}: ${row.message}`).toMatchObject({ state: 'done', home: 'read-back', message: null })
    expect(await filesOf(row.id)).toEqual([`look/1.0/${row.id}/results.json`])
  }
  expect(await world.left()).toEqual(nothingLeft)
  for (const token of world.runTokens()) expect(await world.tokenAnswer(token)).toBe(401)
  expect(await desk.call('cloud.left', undefined)).toEqual({ things: [] })
  return struck !== null
}

describe('a desk that is killed', () => {
  it('at any step: the run is done, published once, and nothing is left', { timeout: 3_000_000 }, async () => {
    // The steps, from a run that nobody disturbs.
    await reborn()
    const order = await orderOf(desk)
    const from = world.middle.asked.length
    await desk.call('runs.start', order)
    await settled(desk)
    const points = [...new Set(world.middle.asked.slice(from).filter(ofDesk).map(kindOf))].flatMap(pointsOf)
    expect(points.length).toBeGreaterThanOrEqual(20)
    const middle = (part: number) => Math.floor(((part + 0.5) * points.length) / short)
    const chosen = whole ? points : points.filter((_, index) => Array.from({ length: short }, (_none, part) => middle(part)).includes(index))
    console.log(whole ? `whole: ${points.length} points` : `short: ${chosen.length} of ${points.length}`)
    const missed: string[] = []
    const failed: string[] = []
    for (const point of chosen) {
      const name = `${point.when} ${point.kind}`
      try {
        if (!(await killedAt(point))) missed.push(name)
        if (whole) console.log(`done, once, nothing left: killed ${name}`)
      } catch (error) {
        failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
        console.log(failed.at(-1))
        // Whatever this one has left must not be the next one's.
        await desk.kill()
        desk = await nextLife(world, desk.home)
        await settled(desk).catch(() => undefined)
      }
    }
    if (missed.length > 0) console.log(`not reached this time: ${missed.join('; ')}`)
    expect(failed).toEqual([])
    expect(chosen.length - missed.length).toBeGreaterThanOrEqual(whole ? 20 : short - 2)
  })
})
