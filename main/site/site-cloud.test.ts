import { generate } from 'selfsigned'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadSite } from './site-file.ts'

const clouds = `clouds:
  lab:
    region_name: RegionOne
    auth:
      auth_url: https://cloud.example.org:5000
      application_credential_id: abc
  two:
    regions: [north, south]
    cacert: certs/cloud.pem
    auth: {auth_url: "https://two.example.org/v3", username: desk, project_name: imaging}
  old: {auth: {username: x}}
`
const secure = 'clouds:\n  lab:\n    auth:\n      application_credential_secret: s3cret\n'
const digest = 'a'.repeat(64)
const commands = [{ name: 'oct-quality', type: 'docker', image: 'lab/oct', 'command-line': 'run', xnat: [] }]

let pem = ''
beforeAll(async () => {
  pem = (await generate([{ name: 'commonName', value: 'Cloud CA' }])).cert
})

const load = (site: string, more: Record<string, string> = {}) => {
  const files: Record<string, string> = { '/etc/scanside/site.json': site, '/etc/scanside/clouds.yaml': clouds, ...more }
  return loadSite({ readFile: async (path) => files[path] ?? null, candidates: ['/etc/scanside/site.json'], platform: 'linux' })
}
const written = (cloud: object, more: Record<string, string> = {}) => load(JSON.stringify({ cloud }), more)

describe('a site’s cloud', () => {
  it('by an entry of a clouds.yaml beside it, without its secret', async () => {
    const { cloud, problem } = await written({ name: 'lab', file: 'clouds.yaml', image: 'scanside' })
    expect(problem).toBeNull()
    expect(cloud).toEqual({
      config: {
        name: 'lab',
        authUrl: 'https://cloud.example.org:5000/v3',
        region: 'RegionOne',
        interface: 'public',
        ca: [],
        auth: { kind: 'application-credential', id: 'abc' },
      },
      project: null,
      secret: null,
      choices: { engine: null, image: 'scanside', flavor: null, network: null, zone: null, maxMachines: null },
      pipelines: [],
    })
  })

  it('with the secret of the secure.yaml beside that', async () => {
    const { cloud } = await written({ name: 'lab', file: 'clouds.yaml', image: 'scanside' }, { '/etc/scanside/secure.yaml': secure })
    expect(cloud?.secret).toBe('s3cret')
  })

  it('in a folder of its own, with its region and its certificate', async () => {
    const files = { '/etc/scanside/os/clouds.yaml': clouds, '/etc/scanside/os/certs/cloud.pem': pem }
    const { cloud, problem } = await written({ name: 'two', file: 'os/clouds.yaml', region: 'south', image: 'scanside' }, files)
    expect(problem).toBeNull()
    expect(cloud?.config).toMatchObject({ region: 'south', ca: [pem.trim()], auth: { kind: 'password', user: 'desk' } })
    expect(cloud?.project).toBe('imaging')
  })

  it('by its address, where everybody signs in as themselves', async () => {
    const { cloud, problem } = await written({
      name: 'Institute',
      authUrl: 'https://cloud.example.org:5000',
      ca: pem,
      project: 'imaging',
      engine: 'nova',
      image: 'scanside',
      flavor: 'c2.large',
      network: 'auto',
      zone: 'nova',
      maxMachines: 5,
      pipelines: [{ name: 'registry.example.org/oct:2', digest, commands, entrypoint: ['/run'], labels: { 'org.scanside.courier': '1' } }],
    })
    expect(problem).toBeNull()
    expect(cloud?.config).toMatchObject({ name: 'Institute', authUrl: 'https://cloud.example.org:5000/v3', ca: [pem.trim()] })
    expect(cloud?.choices).toEqual({ engine: 'nova', image: 'scanside', flavor: 'c2.large', network: 'auto', zone: 'nova', maxMachines: 5 })
    expect(cloud?.pipelines).toEqual([
      {
        id: `cloud:${'a'.repeat(24)}`,
        names: ['registry.example.org/oct:2'],
        digest,
        architecture: 'amd64',
        os: 'linux',
        labels: { 'org.scanside.courier': '1', 'org.nrg.commands': JSON.stringify(commands) },
        entrypoint: ['/run'],
        cmd: [],
      },
    ])
  })

  const lines = (...inner: string[]) => `{\n  "cloud": {\n${inner.map((line) => `    ${line}`).join(',\n')}\n  }\n}`
  const usual = ['"name": "lab"', '"file": "clouds.yaml"', '"image": "x"']
  it.each([
    [lines(...usual, '"password": "hunter2"'), 'line 6', '"password" is a secret'],
    [lines(...usual, '"auth": { "application_credential_secret": "hunter2" }'), 'line 6', '"application_credential_secret" is a secret'],
    [lines('"name": "none"', '"file": "clouds.yaml"', '"image": "x"'), 'line 3', 'no entry with the name "none"'],
    [lines('"name": "old"', '"file": "clouds.yaml"', '"image": "x"'), 'line 3', 'auth_url is missing'],
    [lines('"name": "two"', '"file": "clouds.yaml"', '"image": "x"'), 'line 3', 'names 2 regions'],
    [lines('"name": "two"', '"region": "west"', '"file": "clouds.yaml"', '"image": "x"'), 'line 4', 'does not name this region'],
    [lines('"name": "two"', '"region": "north"', '"file": "clouds.yaml"', '"image": "x"'), 'line 5', 'CA certificate'],
    [lines('"name": "lab"', '"file": "nowhere.yaml"', '"image": "x"'), 'line 4', 'not there or cannot be read'],
    [lines('"name": "lab"', '"file": "broken.yaml"', '"image": "x"'), 'line 4', 'no list of clouds'],
    [lines('"name": "lab"', '"image": "x"'), 'line 2', 'either "file" or "authUrl"'],
    [lines('"name": "lab"', '"file": "clouds.yaml"'), 'line 2', 'machines’ "image"'],
    [lines('"name": "lab"', '"authUrl": "http://cloud.example.org"', '"image": "x"'), 'line 4', 'begins with https://'],
    [lines(...usual, '"maxMachines": 51'), 'line 6', 'from 1 to 50'],
    [lines(...usual, '"engine": "magnum"'), 'line 6', '"nova" (machines) or "zun"'],
    [lines(...usual, '"flavour": "x"'), 'line 6', '"flavour" is not known here'],
    [lines(...usual, '"ca": "-----BEGIN nothing"'), 'line 6', 'no certificate'],
    [lines(...usual, '"pipelines": [\n{ "name": "x", "digest": "sha256:1", "commands": [] }]'), 'line 7', 'digest over the image’s layers'],
    [
      lines(...usual, `"pipelines": [\n{ "name": "x",\n "digest": "${digest}",\n "commands": [{ "xnat": 1 }] }]`),
      'line 9',
      '"commands" cannot be used',
    ],
  ])('names line and mistake of %s', async (site, line, what) => {
    const { problem, cloud, file } = await load(site, { '/etc/scanside/broken.yaml': 'a: b\n' })
    expect(problem).toContain(line)
    expect(problem).toContain(what)
    expect(problem).not.toContain('hunter2')
    expect([cloud, file]).toEqual([null, true])
  })
})
