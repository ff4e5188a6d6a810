import { describe, expect, it } from 'vitest'
import type { HttpReply } from '../http/http.ts'
import type { NewCapsule } from './openstack.ts'
import type { Service, ServiceRequest } from './service.ts'
import { capsuleFault, connectZun, exitCodeOf, logText, toCreation } from './zun.ts'

const capsule: NewCapsule = {
  name: 'scanside-1',
  image: 'registry.example.org/scanside/oct-quality:2.0.0',
  imageDriver: 'docker',
  pull: 'ifnotpresent',
  command: null,
  environment: { SCANSIDE_JOB: 'https://swift.example.org/v1/AUTH_x/scanside-1/job.json?temp_url_sig=0' },
  labels: { 'org.scanside.run': '1' },
  cpus: 2,
  memoryMiB: 512,
  network: { kind: 'auto' },
}

describe('what Zun says of an end', () => {
  it.each([
    ['Exited(0) 8 mins ago ', 0],
    ['Exited(137) Less than a second ago', 137],
    ['Exited (3) 2 hours ago  (error)', 3],
    ['Exited(-1) 1 second ago', -1],
    ['Up 3 minutes', null],
    ['', null],
    ['Created', null],
    ['Exited() ago', null],
  ])('%j is exit code %j', (detail, code) => expect(exitCodeOf(detail)).toBe(code))

  it.each([
    ['"one\\ntwo\\n"', 'one\ntwo\n'],
    ['one\ntwo\n', 'one\ntwo\n'],
    ['"broken', '"broken'],
    ['', ''],
  ])('the log %j is %j', (body, text) => expect(logText(body)).toBe(text))

  it.each([
    ['Quota exceeded for resource containers', /quota/],
    ['No valid host was found. There are not enough hosts available.', /no room/],
    ['404 Client Error: manifest for scanside/oct-quality:9 not found', /image of this pipeline/],
    ['No free port on subnet', /network/],
    ['', /could not start/],
  ])('the reason %j becomes a sentence', (reason, sentence) => expect(capsuleFault(reason)).toMatch(sentence))
})

describe('the order for a container', () => {
  it('asks for nothing that is not needed, and keeps what has ended', () => {
    expect(toCreation(capsule)).toEqual({
      name: 'scanside-1',
      image: capsule.image,
      image_driver: 'docker',
      image_pull_policy: 'ifnotpresent',
      environment: capsule.environment,
      labels: capsule.labels,
      cpu: 2,
      memory: '512',
      auto_remove: false,
      interactive: false,
    })
    expect(toCreation({ ...capsule, command: ['/node', '/a b.mjs'], network: { kind: 'given', id: 'net-1' } })).toMatchObject({
      command: ['/node', '/a b.mjs'],
      nets: [{ network: 'net-1' }],
    })
    expect(() => toCreation({ ...capsule, network: { kind: 'none' } })).toThrow(expect.objectContaining({ code: 'not-supported' }))
  })
})

/** A service whose answers are given in the order they are asked for. */
function scripted(...answers: { status: number; body: unknown }[]): Service & { asked: ServiceRequest[] } {
  const asked: ServiceRequest[] = []
  return {
    type: 'container',
    url: 'https://zun.example.org/container/v1',
    now: () => 0,
    asked,
    async ask(request) {
      asked.push(request)
      const { status, body } = answers.shift() ?? { status: 500, body: null }
      const text = JSON.stringify(body)
      return { status, json: async () => body, text: async () => text, discard: async () => {} } as unknown as HttpReply
    },
  }
}
const versions = (min: string, max: string) => ({
  status: 200,
  body: { versions: [{ id: 'v1', status: 'CURRENT', min_version: min, max_version: max }] },
})
const listed = (uuid: string, name: string) => ({ uuid, name, status: 'Running', status_detail: 'Up 2 s', status_reason: null, labels: null })

describe('the container service', () => {
  it('is asked at its root what it speaks, and refused where that is too old', async () => {
    const service = scripted(versions('1.1', '1.40'))
    expect((await connectZun(service)).microversion).toBe('1.20')
    expect(service.asked[0]).toMatchObject({ base: 'https://zun.example.org/container', path: '/' })
    await expect(connectZun(scripted(versions('1.1', '1.12')))).rejects.toEqual(expect.objectContaining({ code: 'not-supported' }))
  })

  it('creates once, with the version negotiated, and finds again what it made by listing, page by page', async () => {
    const service = scripted(
      versions('1.1', '1.40'),
      { status: 202, body: listed('u-1', 'scanside-1') },
      {
        status: 200,
        body: { containers: [listed('u-0', 'scanside-10'), listed('u-1', 'scanside-1')], next: 'http://elsewhere/v1/containers?marker=u-1' },
      },
      { status: 200, body: { containers: [listed('u-2', 'scanside-1')], next: null } },
    )
    const zun = await connectZun(service)
    expect(await zun.create(capsule)).toEqual({ uuid: 'u-1' })
    expect(service.asked[1]).toMatchObject({
      method: 'POST',
      base: 'https://zun.example.org/container/v1',
      path: '/containers',
      query: { run: 'true' },
      headers: { 'openstack-api-version': 'container 1.20' },
    })
    expect((await zun.capsulesNamed('scanside-1')).map(({ uuid }) => uuid)).toEqual(['u-1', 'u-2'])
    expect(service.asked[3]).toMatchObject({ base: 'https://zun.example.org/container/v1', query: { marker: 'u-1' } })
  })

  it('takes 404 for gone', async () => {
    const zun = await connectZun(scripted(versions('1.1', '1.40'), { status: 404, body: {} }, { status: 404, body: {} }))
    expect(await zun.capsule('u-1')).toBeNull()
    await zun.delete('u-1')
  })

  it('knows no state it was not told of', async () => {
    const zun = await connectZun(
      scripted(versions('1.1', '1.40'), { status: 200, body: { ...listed('u-1', 'a'), status: 'Rebuilding', labels: { a: 'b' } } }),
    )
    expect(await zun.capsule('u-1')).toEqual({
      uuid: 'u-1',
      name: 'a',
      status: 'Other',
      statusDetail: 'Up 2 s',
      statusReason: '',
      labels: { a: 'b' },
    })
  })
})
