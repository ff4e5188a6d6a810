/** A desk as a lab sets it up: the built application, signed in to the archive and to the cloud, both kept in the keyring. */
import { setTimeout as pause } from 'node:timers/promises'
import { inject } from 'vitest'
import type { Input, RunDetail } from '../../../preload/contract.ts'
import { type DeskProcess, startDesk } from '../../support/desk-process.ts'
import type { World } from './world.ts'

/** The settings of its process: its container engine is none of the machines'. */
const env = () => ({ DOCKER_HOST: `unix://${inject('deskEngine')}` })
const siteOf = (world: World) => ({ archive: world.archive.urls.https, ca: world.archive.ca })

/** A first life, with everything set up. */
export async function openLabDesk(world: World): Promise<DeskProcess> {
  const desk = await startDesk(siteOf(world), env())
  await desk.call('session.signIn', { address: world.archive.urls.https, user: 'demo', password: 'demo', provider: null, remember: true })
  world.noteDeskTokens()
  const { auth, region_name } = world.proxy.entry
  const [user, userDomain, project, projectDomain] = [auth.username, auth.user_domain_name, auth.project_name, auth.project_domain_name]
  await desk.call('cloud.signIn', {
    authUrl: auth.auth_url,
    region: region_name,
    interface: 'public',
    ca: '',
    auth: { kind: 'password', user, userDomain, project, projectDomain, secret: auth.password },
    exchange: false,
    remember: true,
  })
  const offers = await desk.call('cloud.offers', undefined)
  const image = offers.images.find(({ name }) => name === 'analysis-base')?.id ?? null
  await desk.call('cloud.choose', { engine: 'nova', image, flavor: null, network: { kind: 'none' }, zone: null, maxMachines: 50 })
  const { app } = await desk.call('app.snapshot', undefined)
  if (!app.keyring.available) throw new Error('There is no keyring: run this suite by `npm run test:openstack`, which brings one.')
  return desk
}

/** The next life of a desk that was killed. */
export const nextLife = (world: World, home: string): Promise<DeskProcess> => startDesk(siteOf(world), env(), home)

/** A run of the test pipeline on scan 1 of the demo's first session, in the cloud: what it takes to start it. */
export async function orderOf(desk: DeskProcess): Promise<Input<'runs.start'>> {
  // A desk that has just begun still looks for its container engine.
  const find = async () => (await desk.call('pipelines.list', undefined)).find(({ name }) => name === 'look')
  let pipeline = await find()
  for (let looked = 0; looked < 200 && !pipeline; looked++) {
    await pause(100)
    pipeline = await find()
  }
  if (!pipeline) throw new Error('The desk does not find the test pipeline on its engine.')
  const { rows } = await desk.call('archive.sessions', { project: 'DEMO-MS', offset: 0, limit: 100 })
  const session = rows.find(({ label }) => label === 'P-0142_V01')
  if (!session) throw new Error('The demo has no session P-0142_V01.')
  const ref = { kind: 'archive' as const, project: 'DEMO-MS', subject: session.subjectId, session: session.id, scan: '1' }
  return { pipeline: pipeline.id, refs: [ref], values: {}, subject: 'P-0142 / V01', place: 'cloud' }
}

/** Waits until a desk has nothing under way and owes nothing. @throws Error after so many seconds */
export async function settled(desk: DeskProcess, seconds = 120): Promise<void> {
  const end = Date.now() + seconds * 1000
  let counts = { active: 0, waiting: 0, owed: 0 }
  while (Date.now() < end) {
    const { app } = await desk.call('app.snapshot', undefined)
    counts = app.counts
    if (app.session.state === 'signed-in' && app.cloud.state === 'ready' && counts.active + counts.waiting + counts.owed === 0) return
    await pause(100)
  }
  const { rows } = await desk.call('runs.list', { offset: 0, limit: 5 })
  throw new Error(`Not settled: ${JSON.stringify(counts)} ${JSON.stringify(rows)}\n${desk.output()}`)
}

/** Everything a desk knows of its runs. */
export async function detailsOf(desk: DeskProcess): Promise<RunDetail[]> {
  const { rows } = await desk.call('runs.list', { offset: 0, limit: 200 })
  return Promise.all(rows.map(({ id }) => desk.call('runs.get', { run: id })))
}
