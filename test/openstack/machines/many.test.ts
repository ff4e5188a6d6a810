/** Many runs at once, as a batch of a cohort is sent: each on a machine of its own, never more than the cloud lets, and nothing left of any. */
import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import type { DeskProcess } from '../../support/desk-process.ts'
import { allServers, nothingLeft } from '../lab.ts'
import { openLabDesk, orderOf, settled } from './lab-desk.ts'
import { sessionPath } from './trial.ts'
import { openWorld, type World } from './world.ts'

const whole = process.env.SCANSIDE_TEST_WHOLE === '1'
const most = 50
const count = whole ? most : 10
/** What the project may have at once; the desk would take more. */
const quota = whole ? 20 : 4

let world: World
let desk: DeskProcess
let before: number

const instances = async (max: number) => {
  const set = await world.admin.ask('compute', 'PUT', `/os-quota-sets/${world.user.project}`, { quota_set: { instances: max } })
  expect(set.status).toBe(200)
}

beforeAll(async () => {
  world = await openWorld()
  const now = await world.admin.ask('compute', 'GET', `/os-quota-sets/${world.user.project}`)
  before = z.object({ quota_set: z.object({ instances: z.number() }) }).parse(now.json).quota_set.instances
  await instances(quota)
  desk = await openLabDesk(world)
})
afterAll(async () => {
  await instances(before)
  await desk.stop()
  rmSync(desk.home, { recursive: true, force: true })
  await world.stop()
  expect(world.hypervisor.faults).toEqual([])
})

it(`${count} at once: all done, no more machines than the quota lets, nothing left`, { timeout: 1_200_000 }, async () => {
  console.log(whole ? `whole: ${most} at once` : `short: ${count} of ${most} at once`)
  const order = await orderOf(desk)
  let peak = 0
  let going = true
  const watching = (async () => {
    while (going) {
      peak = Math.max(peak, (await allServers(world.admin)).length)
      await pause(500)
    }
  })()
  const started = await Promise.all(Array.from({ length: count }, () => desk.call('runs.start', order)))
  await settled(desk, 1_000)
  going = false
  await watching

  const runs = started.flatMap((one) => one.runs)
  expect(new Set(runs).size).toBe(count)
  const { rows } = await desk.call('runs.list', { offset: 0, limit: 200 })
  expect(rows).toHaveLength(count)
  for (const row of rows) expect(row).toMatchObject({ state: 'done', home: 'read-back', message: null })
  const { text } = await world.archiveText(`${sessionPath}/resources/SCANSIDE/files?format=json`)
  const files = (JSON.parse(text) as { ResultSet: { Result: { URI: string }[] } }).ResultSet.Result.map(({ URI }) => URI.split('/files/')[1])
  expect(files.sort()).toEqual(runs.map((run) => `look/1.0/${run}/results.json`).sort())
  // Of each run one machine, and one container on it.
  expect([...world.hypervisor.guests.values()].map(({ run }) => run).sort()).toEqual([...runs].sort())
  expect(world.watch.seen).toHaveLength(count)
  expect(peak).toBeLessThanOrEqual(quota)
  expect(peak).toBeGreaterThan(1)
  expect(await world.left()).toEqual(nothingLeft)
  expect(world.runTokens()).toHaveLength(count)
  for (const token of world.runTokens()) expect(await world.tokenAnswer(token)).toBe(401)
})
