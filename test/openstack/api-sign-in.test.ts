/** Signing in to real services: what they refuse, and application credentials of every kind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Http } from '../../main/http/http.ts'
import { applicationCredentialsNamed, deleteApplicationCredential, makeApplicationCredential } from '../../main/openstack/application-credential.ts'
import { connectCloud } from '../../main/openstack/connect.ts'
import type { Cloud, CloudAccess, Compute } from '../../main/openstack/openstack.ts'
import { type ApiProject, ask, makeProject, until } from './api-project.ts'
import { cloudEntry } from './lab.ts'

let project: ApiProject
let mark: string
let http: Http
let access: CloudAccess
let cloud: Cloud
let compute: Compute
beforeAll(async () => {
  project = await makeProject()
  ;({ mark, http, access, cloud, compute } = project)
})
afterAll(() => project?.end())

describe('signing in', () => {
  it('finds who, where and what there is', async () => {
    expect(cloud).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      project: { id: project.projectId, name: mark },
      user: { id: project.userId, name: mark },
    })
    expect(cloud.roles.sort()).toEqual(['member', 'reader'])
    expect(cloud.expiresAt).toBeNull()
    expect(Math.abs(cloud.clockSkewMs())).toBeLessThan(30_000)
    expect(compute.microversion).toBe('2.37')
    expect(await compute.zones()).toContain('nova')
    expect(await compute.limits()).toMatchObject({ instances: { used: 0, max: 25 } })
    expect((await cloud.images?.list())?.map((image) => image.name)).toContain('analysis-base')
    expect(await cloud.networks?.list()).toEqual(expect.arrayContaining([expect.objectContaining({ external: true })]))
  })

  it('says the same of the same cloud every time, and another of another project', async () => {
    expect((await project.connect(access)).id).toBe(cloud.id)
    const other = cloudEntry()
    const auth = {
      kind: 'password' as const,
      user: other.auth.username,
      userDomain: 'default',
      project: other.auth.project_name,
      projectDomain: 'default',
    }
    expect((await project.connect({ config: { ...access.config, auth }, secret: other.auth.password })).id).not.toBe(cloud.id)
  })

  it.each<[string, Partial<CloudAccess['config']>, string | null, object]>([
    ['a wrong password', {}, 'wrong', { code: 'unauthorized', details: { reason: 'wrong-secret' } }],
    ['an unknown region', { region: 'Mars' }, null, { code: 'invalid-argument', message: expect.stringContaining('RegionOne') }],
    ['a wrong path', { authUrl: 'PATH' }, null, { code: 'invalid-argument', details: { reason: 'no-keystone' } }],
    [
      'an application credential nobody made',
      { auth: { kind: 'application-credential', id: 'f'.repeat(32) } },
      null,
      { code: 'unauthorized', details: { reason: 'deleted' } },
    ],
  ])('%s is told', async (_what, change, secret, expected) => {
    const config = { ...access.config, ...change }
    if (change.authUrl) config.authUrl = access.config.authUrl.replace(/\/v3$/, '/elsewhere/v3')
    await expect(connectCloud({ config, secret: secret ?? access.secret }, { http })).rejects.toMatchObject(expected)
  })

  it('ends its token on close', async () => {
    const short = await connectCloud(access, { http })
    await short.close()
    await expect(short.compute?.limits()).rejects.toMatchObject({ code: 'unauthorized', details: { reason: 'signed-out' } })
  })
})

describe('application credentials', () => {
  it('are made from a password, with all of its roles, and cannot make another', async () => {
    const expiresAt = new Date(Math.floor((Date.now() + 3_600_000) / 1_000) * 1_000)
    const made = await makeApplicationCredential(access, { http, name: `${mark}-a`, expiresAt })
    expect(made.config.auth.kind).toBe('application-credential')
    expect(JSON.stringify(made)).not.toContain(access.secret)
    const as = await project.connect(made)
    expect(as.roles.sort()).toEqual(['member', 'reader'])
    expect(as.expiresAt).toBe(expiresAt.toISOString())
    expect(as.id).toBe(cloud.id)
    expect(await as.compute?.limits()).toMatchObject({ instances: { max: 25 } })
    await expect(makeApplicationCredential(made, { http, name: `${mark}-b` })).rejects.toMatchObject({ details: { reason: 'needs-password' } })
    await expect(makeApplicationCredential(access, { http, name: `${mark}-a` })).rejects.toMatchObject({ code: 'conflict' })
    await expect(connectCloud({ ...made, secret: 'wrong' }, { http })).rejects.toMatchObject({
      code: 'unauthorized',
      details: { reason: 'wrong-secret' },
    })

    if (made.config.auth.kind !== 'application-credential') throw new Error('not by id')
    const byName = { kind: 'application-credential-name' as const, name: `${mark}-a`, user: mark, userDomain: 'default' }
    expect((await project.connect({ ...made, config: { ...made.config, auth: byName } })).project.id).toBe(project.projectId)

    expect(await applicationCredentialsNamed(access, `${mark}-`, { http })).toContain(made.config.auth.id)
    await deleteApplicationCredential(access, made.config.auth.id, { http })
    expect(await applicationCredentialsNamed(access, `${mark}-`, { http })).not.toContain(made.config.auth.id)
    await deleteApplicationCredential(access, made.config.auth.id, { http })
    await expect(connectCloud(made, { http })).rejects.toMatchObject({ code: 'unauthorized', details: { reason: 'deleted' } })
  })

  it('that have expired are refused', async () => {
    const made = await makeApplicationCredential(access, { http, name: `${mark}-short`, expiresAt: new Date(Date.now() + 3_000) })
    const refused = await until(async () => {
      const result = await connectCloud(made, { http }).catch((error: unknown) => error)
      return result instanceof Error ? result : null
    })
    expect(refused).toMatchObject({ code: 'unauthorized', message: expect.stringContaining('expired') })
  })

  const special = async (name: string, of: object): Promise<CloudAccess> => {
    const json = await ask(await project.owner(), 'identity', 'POST', `/users/${project.userId}/application_credentials`, {
      application_credential: { name, ...of },
    })
    const made = z.object({ application_credential: z.object({ id: z.string(), secret: z.string() }) }).parse(json).application_credential
    return { config: { ...access.config, auth: { kind: 'application-credential', id: made.id } }, secret: made.secret }
  }

  it('without the reader role: each refusal names the roles to ask for', async () => {
    const as = await project.connect(await special(`${mark}-member`, { roles: [{ name: 'member' }] }))
    expect(as.roles).toEqual(['member'])
    const refused = { code: 'forbidden', message: expect.stringContaining('“reader”'), details: { reason: 'roles', status: 403 } }
    await expect(as.compute?.serversOf('api-')).rejects.toMatchObject(refused)
    await expect(as.images?.list()).rejects.toMatchObject(refused)
  })

  it('with access rules: what they leave out is named', async () => {
    const rules = [{ service: 'compute', method: 'GET', path: '/v2.1/flavors/detail' }]
    const as = await project.connect(await special(`${mark}-rules`, { access_rules: rules }))
    expect((await as.compute?.flavors())?.length).toBeGreaterThan(0)
    const refused = { code: 'forbidden', details: { reason: 'access-rules' } }
    await expect(as.compute?.serversOf('api-')).rejects.toMatchObject(refused)
    await expect(as.images?.list()).rejects.toMatchObject(refused)
    await expect(as.objects?.containersOf('api-')).rejects.toMatchObject(refused)
  })
})
