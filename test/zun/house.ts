/** What a Zun engine stands on in tests: the stand-in over a real Keystone, its Swift, a demo archive over HTTPS, and the image this project ships. */
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { buildImage } from '../../images/oct-quality/image.ts'
import type { ArchiveFile, SessionPath } from '../../main/archive/archive.ts'
import { startLab } from '../../main/archive/lab.fixture.ts'
import type { RunTokens } from '../../main/archive/run-tokens.ts'
import { createRunTokens } from '../../main/archive/run-tokens-session.ts'
import type { Engine, OwedThing } from '../../main/engines/engine.ts'
import { courierVersion } from '../../main/engines/zun/courier-label.ts'
import { createZunEngine, type ZunEngineParts } from '../../main/engines/zun/engine.ts'
import { createHttp } from '../../main/http/http.ts'
import { connectCloud } from '../../main/openstack/connect.ts'
import type { Cloud } from '../../main/openstack/openstack.ts'
import { createVault } from '../../main/vault/keyring-vault.ts'
import { debtsInMemory } from '../engine/test-engine.ts'
import { standInLabel } from './containers.ts'
import { testCloud, testDocker } from './lab.ts'
import { startZun } from './stand-in.ts'

export type House = Awaited<ReturnType<typeof openHouse>>

/** Builds the image where it is not there yet, and gives it to the engine the stand-in runs containers on. */
async function bringImage(): Promise<string> {
  const image = await buildImage(join('out', 'images'))
  await buffer(await testDocker().loadImage(createReadStream(image.path)))
  return image.name
}

export async function openHouse() {
  const image = await bringImage()
  const docker = testDocker()
  const { authUrl, user, password, userDomain, project, projectDomain, region } = testCloud()
  const zun = await startZun({ keystone: authUrl, docker })
  const lab = await startLab()
  await lab.signIn()
  const http = createHttp({ userAgent: 'Scanside/0.1.0', roots: [], system: [] })
  const cloud: Cloud = await connectCloud(
    {
      config: {
        name: 'lab',
        authUrl: zun.authUrl,
        region,
        interface: 'public',
        ca: [],
        auth: { kind: 'password', user, userDomain, project, projectDomain },
      },
      secret: password,
    },
    { http },
  )
  const row = (await lab.xnat.sessions('P', 0, 1)).rows[0]
  const session: SessionPath = { project: 'P', subject: row?.subjectId ?? '', session: row?.id ?? '' }
  const file: ArchiveFile | undefined = (await lab.xnat.scanFiles(session, '1', new AbortController().signal))[0]
  if (file === undefined) throw new Error('The demo archive has no scan.')
  const debts = debtsInMemory()
  const install = randomUUID()
  const address = lab.archive.urls.https
  const tokens: RunTokens = createRunTokens({
    http: lab.http,
    vault: createVault({ load: async () => lab.keyring.keytar, service: 'org.scanside' }),
    session: lab.session,
    archive: { id: 'lab', address, ca: [lab.archive.ca] },
    shown: new URL(address).host,
    user: 'jk',
    secrets: new Map(),
    notes: null,
    now: () => lab.clock.ms,
  })
  const issued: string[] = []
  const watched: RunTokens = {
    ...tokens,
    async issue(signal) {
      const token = await tokens.issue(signal)
      issued.push(token.alias)
      return token
    },
  }

  /** An engine as one life of the application has it. */
  const engine = (more: Partial<ZunEngineParts> = {}): Engine =>
    createZunEngine({
      id: `zun:${cloud.id}`,
      kind: 'zun',
      cloud,
      choices: { engine: 'zun', image: null, flavor: null, network: { kind: 'auto' }, zone: null, maxMachines: 10 },
      tokens: () => watched,
      archive: () => ({ id: 'lab', demo: false, archive: lab.xnat }),
      imageSource: async () => ({ kind: 'present' }),
      courierOf: async () => courierVersion,
      debts,
      install,
      process: { pid: process.pid, pidStart: randomUUID(), isAlive: () => false, openRuns: new Set() },
      now: () => new Date(),
      times: { firstPause: 100, longestPause: 500, grace: 3_000 },
      report: (error) => console.error(error),
      ...more,
    })

  return {
    image,
    docker,
    zun,
    lab,
    cloud,
    session,
    file,
    install,
    debts: debts.all as OwedThing[],
    engine,
    containers: () => docker.listContainers({ all: true, filters: { label: [`${standInLabel}=${zun.id}`] } }),
    /** What of this installation's is left anywhere. */
    async left(): Promise<string[]> {
      const objects: string[] = []
      for (const name of (await cloud.objects?.containersOf('scanside-')) ?? []) {
        const found = await cloud.objects?.container(name)
        if (Object.values(found?.metadata ?? {}).includes(install)) objects.push(`objects ${name}`)
      }
      const good: string[] = []
      for (const alias of issued) if ((await tokens.secretOf(alias)) !== null) good.push(`token ${alias}`)
      const running = (await docker.listContainers({ all: true, filters: { label: [`${standInLabel}=${zun.id}`] } })).map(
        ({ Names }) => `container ${Names[0]}`,
      )
      const kept = (await cloud.capsules?.capsulesOf('scanside-'))?.map(({ name }) => `capsule ${name}`) ?? []
      return [...objects, ...good, ...running, ...kept]
    },
    async stop() {
      await cloud.close()
      await zun.stop()
      await http.close()
      await lab.stop()
    },
  }
}
