/** The stand-in, held against python3-zunclient: what that client creates, shows, reads and deletes here it would in a cloud. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { busyboxStream, testImageName } from '../engine/busybox-image.ts'
import { standInLabel } from './containers.ts'
import { testCloud, testDocker } from './lab.ts'
import { startZun, type ZunStandIn } from './stand-in.ts'

const docker = testDocker()
let zun: ZunStandIn

beforeAll(async () => {
  await buffer(await docker.loadImage(await busyboxStream()))
  zun = await startZun({ keystone: testCloud().authUrl, docker })
})
afterAll(async () => {
  await zun.stop()
  await docker.getImage(testImageName).remove({ force: true })
  expect(await docker.listContainers({ all: true, filters: { label: [`${standInLabel}=${zun.id}`] } })).toEqual([])
})

/** One call of the client’s own command. */
async function client(...args: string[]): Promise<{ code: number; text: string }> {
  const { user, password, project, userDomain, projectDomain, region } = testCloud()
  const env = {
    PATH: '/usr/bin:/bin',
    LC_ALL: 'C.UTF-8',
    OS_AUTH_URL: zun.authUrl,
    OS_USERNAME: user,
    OS_PASSWORD: password,
    OS_PROJECT_NAME: project,
    OS_USER_DOMAIN_NAME: userDomain,
    OS_PROJECT_DOMAIN_NAME: projectDomain,
    OS_REGION_NAME: region ?? '',
    OS_IDENTITY_API_VERSION: '3',
    NO_PROXY: '127.0.0.1',
  }
  return await new Promise((resolve) => {
    execFile('/usr/bin/zun', args, { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), text: `${stdout}${stderr}` }),
    )
  })
}

const field = (table: string, name: string): string =>
  table
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .find((cells) => cells[1] === name)?.[2] ?? ''

/** Asks until it says so. */
async function shownAs(name: string, status: string): Promise<string> {
  for (;;) {
    const { text } = await client('show', name)
    if (field(text, 'status') === status) return text
    expect(text).not.toMatch(/\| Error /)
  }
}

describe('python3-zunclient and the stand-in', () => {
  it('runs a container, shows how it ended, reads its log and deletes it', async () => {
    const name = `scanside-${randomUUID()}`
    const created = await client(
      'run',
      '--name',
      name,
      '--label',
      'a=b',
      '--memory',
      '64',
      '--environment',
      'WORD=hello',
      testImageName,
      'busybox',
      'sh',
      '-c',
      'echo $WORD; exit 3',
    )
    expect(created.text).toContain(name)
    expect(created.code).toBe(0)
    const ended = await shownAs(name, 'Stopped')
    expect(field(ended, 'status_detail')).toMatch(/^Exited\(3\) \d+ seconds ago/)
    expect(field(ended, 'labels')).toContain("'a': 'b'")
    expect((await client('logs', name)).text.trim()).toBe('hello')
    expect((await client('list')).text).toContain(name)
    expect((await client('delete', name)).code).toBe(0)
    for (;;) {
      const gone = await client('show', name)
      if (gone.code === 0) continue
      expect(gone.text).toMatch(/could not be found|404/)
      break
    }
  })

  it('creates without starting, and stops what it deletes', async () => {
    const [first, second] = [`scanside-${randomUUID()}`, `scanside-${randomUUID()}`]
    expect((await client('create', '--name', first, testImageName, 'busybox', 'true')).code).toBe(0)
    await shownAs(first, 'Created')
    expect((await client('delete', first)).code).toBe(0)
    expect((await client('run', '--name', second, testImageName, 'busybox', 'sleep', '600')).code).toBe(0)
    await shownAs(second, 'Running')
    expect((await client('delete', second)).text).toMatch(/409|Cannot delete/)
    expect((await client('delete', '--stop', second)).code).toBe(0)
  })

  it('is told why a container could not be started', async () => {
    const name = `scanside-${randomUUID()}`
    expect((await client('run', '--name', name, 'scanside-test/no-such-image:1')).code).toBe(0)
    for (;;) {
      const { text } = await client('show', name)
      if (field(text, 'status') !== 'Error') continue
      expect(field(text, 'status_reason')).toMatch(/no such image/i)
      break
    }
    expect((await client('delete', name)).code).toBe(0)
  })
})

describe('the stand-in', () => {
  it('refuses as Zun does: without a token, in a version it does not speak, what its schema has not, a name that two have', async () => {
    const { user, password, project } = testCloud()
    const domain = { id: 'default' }
    const auth = {
      identity: { methods: ['password'], password: { user: { name: user, password, domain } } },
      scope: { project: { name: project, domain } },
    }
    const headers = { 'content-type': 'application/json' }
    const signedIn = await fetch(`${zun.authUrl}/auth/tokens`, { method: 'POST', headers, body: JSON.stringify({ auth }) })
    const token = signedIn.headers.get('x-subject-token') ?? ''
    const { catalog } = ((await signedIn.json()) as { token: { catalog: { type: string; endpoints: { url: string }[] }[] } }).token
    const url = `${catalog.find(({ type }) => type === 'container')?.endpoints[0]?.url}/containers`
    const asked = async (path: string, more: RequestInit = {}, version = 'container 1.40', as = token) =>
      (await fetch(`${url}${path}`, { ...more, headers: { ...headers, 'x-auth-token': as, 'openstack-api-version': version } })).status
    const post = (body: object) => ({ method: 'POST', body: JSON.stringify(body) })
    expect(await asked('', {}, 'container 1.40', 'nobody')).toBe(401)
    expect(await asked('', {}, 'container 1.99')).toBe(406)
    expect(await asked('/no-such-container')).toBe(404)
    expect(await asked('', post({ image: testImageName, colour: 'blue' }))).toBe(400)
    expect(await asked('', post({ image: testImageName, command: 'true' }))).toBe(400)
    const name = `scanside-${randomUUID()}`
    for (const _ of [1, 2]) expect(await asked('', post({ image: testImageName, name, command: ['busybox', 'true'] }))).toBe(202)
    expect(await asked(`/${name}`)).toBe(409)
  })
})
