import { generate } from 'selfsigned'
import { beforeAll, describe, expect, it } from 'vitest'
import { createEntries } from './entries.ts'

let pem = ''
beforeAll(async () => {
  pem = (await generate([{ name: 'commonName', value: 'Cloud CA' }])).cert
})

const clouds = `clouds:
  lab:
    regions: [north, south]
    cacert: ca.pem
    auth: {auth_url: "https://cloud.example.org:5000/v3", username: jk, project_name: imaging}
  bare:
    auth: {auth_url: "https://bare.example.org/v3", application_credential_id: abc}
  broken: {auth: {username: x}}
`
const secure = 'clouds:\n  lab:\n    auth: {password: hunter2}\n'
const usual = { '/home/jk/.config/openstack/clouds.yaml': clouds, '/home/jk/.config/openstack/secure.yaml': secure }

const over = (files: Record<string, string>, env: Record<string, string> = {}) =>
  createEntries({ readFile: async (path) => files[path] ?? null, platform: 'linux', env, home: '/home/jk' }, null)

const form = {
  authUrl: ' https://cloud.example.org:5000 ',
  region: null,
  interface: 'public' as const,
  ca: '',
  auth: { kind: 'application-credential' as const, id: 'abc', secret: 'hunter2' },
  exchange: false,
  remember: true,
}

describe('entries', () => {
  it('of the usual places are shown without a secret, and why one cannot be used', async () => {
    const { clouds: rows, problem } = await over(usual).found()
    expect(problem).toBeNull()
    expect(rows).toEqual([
      {
        name: 'lab',
        host: 'cloud.example.org:5000',
        region: null,
        project: 'imaging',
        means: 'password',
        problem: null,
        regions: ['north', 'south'],
      },
      {
        name: 'bare',
        host: 'bare.example.org',
        region: null,
        project: null,
        means: 'application-credential',
        problem: 'Neither clouds.yaml nor secure.yaml holds its secret. Fill in the form instead.',
        regions: [],
      },
      expect.objectContaining({ name: 'broken', host: '', means: null, problem: expect.stringContaining('auth_url is missing') }),
    ])
    expect(JSON.stringify(rows)).not.toContain('hunter2')
  })

  it('begin with the one OS_CLOUD names', async () => {
    expect((await over(usual, { OS_CLOUD: 'bare' }).found()).clouds[0]?.name).toBe('bare')
  })

  it('of a file that cannot be read are none, with a sentence', async () => {
    const entries = createEntries(
      { readFile: () => Promise.reject(new Error('EACCES: /home/jk/.config')), platform: 'linux', env: {}, home: '/home/jk' },
      null,
    )
    expect(await entries.found()).toEqual({ clouds: [], problem: expect.stringContaining('cannot be read with this account') })
    expect((await over({ '/etc/openstack/clouds.yaml': '}' }).found()).problem).toContain('clouds.yaml cannot be used')
    expect(await over({}).found()).toEqual({ clouds: [], problem: null })
  })

  it('become an access with region, certificate and secret', async () => {
    const entries = over({ ...usual, '/home/jk/.config/openstack/ca.pem': pem })
    expect(await entries.access('lab', 'south')).toEqual({
      config: {
        name: 'lab',
        authUrl: 'https://cloud.example.org:5000/v3',
        region: 'south',
        interface: 'public',
        ca: [pem.trim()],
        auth: { kind: 'password', user: 'jk', userDomain: 'default', project: 'imaging', projectDomain: 'default' },
      },
      secret: 'hunter2',
    })
    await expect(entries.access('lab', null)).rejects.toThrow('Choose one of them')
    await expect(entries.access('lab', 'west')).rejects.toThrow('does not name this region')
    await expect(entries.access('bare', null)).rejects.toThrow('holds its secret')
    await expect(entries.access('broken', null)).rejects.toThrow('auth_url is missing')
    await expect(entries.access('gone', null)).rejects.toMatchObject({ code: 'not-found' })
    await expect(over(usual).access('lab', 'south')).rejects.toThrow('names a CA certificate that is not there')
  })

  it('a person chose are kept until they are used or others are chosen', async () => {
    const entries = over({})
    const one = 'clouds:\n  mine:\n    auth: {auth_url: "https://a.example.org/v3", application_credential_id: a, application_credential_secret: s}\n'
    expect((await entries.read({ clouds: one, secure: null })).clouds).toMatchObject([{ name: 'mine', problem: null }])
    expect(await entries.access('mine', null)).toMatchObject({ secret: 's' })
    await expect(entries.read({ clouds: 'nothing', secure: null })).rejects.toMatchObject({ code: 'invalid-file' })
    await expect(entries.access('mine', null)).rejects.toMatchObject({ code: 'not-found' })
    await entries.read({ clouds: one, secure: null })
    entries.forget()
    await expect(entries.access('mine', null)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('of the form get Keystone’s address and the certificates', () => {
    const entries = over({})
    expect(entries.ofForm({ ...form, ca: pem })).toEqual({
      config: {
        name: 'cloud.example.org',
        authUrl: 'https://cloud.example.org:5000/v3',
        region: null,
        interface: 'public',
        ca: [pem.trim()],
        auth: { kind: 'application-credential', id: 'abc' },
      },
      secret: 'hunter2',
    })
    expect(() => entries.ofForm({ ...form, ca: 'nothing' })).toThrow('no certificate in PEM form')
    expect(() => entries.ofForm({ ...form, authUrl: 'cloud' })).toThrow('not a web address')
  })
})
