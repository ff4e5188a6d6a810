/** The application itself, as it is built, sends a run to the cloud: started as a window would start it, ended as a person would see it. */
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { filesWith } from '../../support/application.ts'
import type { DeskProcess } from '../../support/desk-process.ts'
import { nothingLeft } from '../lab.ts'
import { detailsOf, openLabDesk, orderOf, settled } from './lab-desk.ts'
import { sessionPath } from './trial.ts'
import { openWorld, type World } from './world.ts'

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

it('a run in the cloud: its result is at home and read back, its receipt says what was proved', async () => {
  const { runs } = await desk.call('runs.start', await orderOf(desk))
  const [run] = runs
  await settled(desk)
  const [detail, ...more] = await detailsOf(desk)
  expect(more).toEqual([])
  expect(detail?.summary).toMatchObject({ id: run, state: 'done', home: 'read-back', place: 'cloud', verdicts: ['ambiguous'], message: null })
  expect(detail?.receipt).toMatchObject({ complete: true, owed: [] })
  const items = detail?.receipt?.items ?? []
  expect(items.map(({ kind }) => kind).sort()).toEqual(expect.arrayContaining(['object-container', 'server', 'token']))
  for (const item of items) expect(item).toMatchObject({ removedAt: expect.any(String), check: expect.any(String) })
  expect(items.find(({ kind }) => kind === 'token')?.check).toMatch(/401/)
  expect(detail?.receipt?.cannotProve.length).toBeGreaterThan(0)

  const home = await world.archiveText(`${sessionPath}/resources/SCANSIDE/files/look/1.0/${run}/results.json`)
  expect(home.status).toBe(200)
  expect(home.text).not.toMatch(/P-0142|DEMO-MS|XNAT_/)
  expect(await world.left()).toEqual(nothingLeft)
  for (const token of world.runTokens()) expect(await world.tokenAnswer(token)).toBe(401)

  const { lines } = await desk.call('runs.log', { run: run ?? '', after: 0 })
  expect(lines.map(({ text }) => text)).toContain('scan 1')
  expect(await desk.call('cloud.left', undefined)).toEqual({ things: [] })
})

it('no secret of the cloud or the archive lies in its folder, and none of a run in what it printed', () => {
  for (const { secret } of world.allTokens()) {
    expect(filesWith(desk.home, secret)).toEqual([])
    expect(desk.output()).not.toContain(secret)
  }
  expect(desk.output()).not.toMatch(/temp_url_sig|x-auth-token/i)
})
