import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { EngineState } from '../engine.ts'
import { choose, contextFiles, type DiscoveryEffects, discover, knownEndpoints, type Surroundings } from './discovery.ts'
import { describeEndpoint, type Endpoint, refusal } from './endpoint.ts'
import { judgeFailure, unavailable } from './health.ts'

const linux: Surroundings = { platform: 'linux', env: {}, home: '/home/lab', uid: 1000 }
const windows: Surroundings = { platform: 'win32', env: {}, home: 'C:\\Users\\lab', uid: null }
const mac: Surroundings = { platform: 'darwin', env: {}, home: '/Users/lab', uid: 501 }
const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A computer with these files, and engines in these states at these endpoints. */
function computer(files: Record<string, string>, engines: Record<string, EngineState>, installed = false) {
  const asked: Endpoint[] = []
  const effects: DiscoveryEffects = {
    readFile: async (path) => {
      const text = files[path]
      if (text === undefined) throw new Error('ENOENT')
      return text
    },
    exists: async () => installed,
    probe: async (endpoint) => {
      asked.push(endpoint)
      const refused = refusal(endpoint)
      const state = refused === null ? (engines[describeEndpoint(endpoint)] ?? 'not-installed') : 'refused'
      return unavailable(endpoint, state, refused ?? state)
    },
  }
  return { effects, asked, names: () => asked.map(describeEndpoint) }
}

describe('knownEndpoints', () => {
  it.each([
    [
      linux,
      [
        'unix:///var/run/docker.sock',
        'unix:///run/user/1000/docker.sock',
        'unix:///home/lab/.docker/desktop/docker.sock',
        'unix:///run/user/1000/podman/podman.sock',
      ],
    ],
    [{ ...linux, env: { XDG_RUNTIME_DIR: '/tmp/run' } }, ['unix:///tmp/run/docker.sock', 'unix:///tmp/run/podman/podman.sock']],
    [mac, ['unix:///Users/lab/.docker/run/docker.sock', 'unix:///Users/lab/.colima/default/docker.sock', 'unix:///Users/lab/.rd/docker.sock']],
    [windows, ['npipe:////./pipe/docker_engine', 'npipe:////./pipe/dockerDesktopLinuxEngine', 'npipe:////./pipe/podman-machine-default']],
  ])('%o', (around, expected) => {
    expect(knownEndpoints(around).map(describeEndpoint)).toEqual(expect.arrayContaining(expected))
  })
})

describe('discover', () => {
  it('lets a setting stand alone', async () => {
    const { effects, names } = computer({}, { 'unix:///var/run/docker.sock': 'ready' })
    const found = await discover('unix:///mine.sock', linux, effects)
    expect(found).toMatchObject({ endpoint: null, health: { state: 'not-installed' } })
    expect(names()).toEqual(['unix:///mine.sock'])
  })

  it('says what is wrong with a setting it cannot read', async () => {
    const { effects } = computer({}, {})
    expect((await discover('docker please', linux, effects)).health).toMatchObject({
      state: 'unknown',
      message: expect.stringContaining('cannot be read'),
    })
  })

  it('prefers DOCKER_HOST over what is usual', async () => {
    const { effects } = computer({}, { 'unix:///var/run/docker.sock': 'ready', 'unix:///other.sock': 'ready' })
    const found = await discover('', { ...linux, env: { DOCKER_HOST: 'unix:///other.sock' } }, effects)
    expect(found.endpoint).toEqual({ kind: 'socket', path: '/other.sock' })
  })

  it('follows the current docker context', async () => {
    const files = {
      '/home/lab/.docker/config.json': '{"currentContext":"lab"}',
      [`/home/lab/.docker/contexts/meta/${hash('lab')}/meta.json`]: '{"Name":"lab","Endpoints":{"docker":{"Host":"unix:///lab.sock"}}}',
    }
    const { effects } = computer(files, { 'unix:///lab.sock': 'ready', 'unix:///var/run/docker.sock': 'ready' })
    expect((await discover('', linux, effects)).endpoint).toEqual({ kind: 'socket', path: '/lab.sock' })
  })

  it('follows a context on Windows, with its certificates', async () => {
    const folder = `C:\\Users\\lab\\.docker\\contexts`
    const files = {
      'C:\\Users\\lab\\.docker\\config.json': '{"currentContext":"lab"}',
      [`${folder}\\meta\\${hash('lab')}\\meta.json`]: '{"Endpoints":{"docker":{"Host":"tcp://lab.example.org:2376"}}}',
      [`${folder}\\tls\\${hash('lab')}\\docker\\ca.pem`]: 'ca',
      [`${folder}\\tls\\${hash('lab')}\\docker\\cert.pem`]: 'cert',
      [`${folder}\\tls\\${hash('lab')}\\docker\\key.pem`]: 'key',
    }
    expect(contextFiles(windows, 'lab').meta).toBe(`${folder}\\meta\\${hash('lab')}\\meta.json`)
    const { effects } = computer(files, { 'tcp://lab.example.org:2376': 'ready' })
    const found = await discover('', windows, effects)
    expect(found.endpoint).toEqual({ kind: 'tcp', host: 'lab.example.org', port: 2376, tls: { ca: 'ca', cert: 'cert', key: 'key' } })
    expect(found.health.remote).toBe(true)
  })

  it('passes a broken context over', async () => {
    const { effects } = computer({ '/home/lab/.docker/config.json': '{"currentContext":' }, { 'unix:///var/run/docker.sock': 'ready' })
    expect((await discover('', linux, effects)).health.state).toBe('ready')
  })

  it('refuses plain TCP to another machine, with a sentence', async () => {
    const { effects } = computer({}, {})
    const found = await discover('', { ...linux, env: { DOCKER_HOST: 'tcp://10.0.0.5:2375' } }, effects)
    expect(found).toMatchObject({ endpoint: null, health: { state: 'refused', remote: true, message: expect.stringContaining('plain TCP') } })
  })

  it('uses certificates from DOCKER_CERT_PATH', async () => {
    const files = { '/certs/ca.pem': 'a', '/certs/cert.pem': 'b', '/certs/key.pem': 'c' }
    const { effects } = computer(files, { 'tcp://10.0.0.5:2376': 'ready' })
    const found = await discover('', { ...linux, env: { DOCKER_HOST: 'tcp://10.0.0.5:2376', DOCKER_CERT_PATH: '/certs' } }, effects)
    expect(found.endpoint).toMatchObject({ tls: { ca: 'a' } })
  })

  it('tells an engine that is off from none', async () => {
    expect((await discover('', linux, computer({}, {}, true).effects)).health.state).toBe('not-running')
    expect((await discover('', linux, computer({}, {}, false).effects)).health).toMatchObject({ state: 'not-installed', endpoint: null })
  })

  it('takes Podman where Docker may not be used', async () => {
    const { effects } = computer({}, { 'unix:///var/run/docker.sock': 'no-permission', 'unix:///run/user/1000/podman/podman.sock': 'ready' })
    expect((await discover('', linux, effects)).endpoint).toEqual({ kind: 'socket', path: '/run/user/1000/podman/podman.sock' })
  })
})

describe('choose', () => {
  const health = (state: EngineState) => ({ health: unavailable(null, state, '') })
  it('names the failure a person can mend', () => {
    expect(choose([health('not-installed'), health('not-running'), health('no-permission')])?.health.state).toBe('no-permission')
    expect(choose([health('not-installed'), health('windows-containers'), health('not-running')])?.health.state).toBe('windows-containers')
    expect(choose([])).toBeNull()
  })
})

describe('judgeFailure', () => {
  it.each([
    ['ENOENT', 'not-installed'],
    ['EACCES', 'no-permission'],
    ['ECONNREFUSED', 'not-running'],
    ['timeout', 'not-running'],
    ['HPE_INVALID_CONSTANT', 'unknown'],
  ])('%s', (code, state) => {
    expect(judgeFailure(code).state).toBe(state)
    expect(judgeFailure(code).message.length).toBeGreaterThan(20)
  })
})
