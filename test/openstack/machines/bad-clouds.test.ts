/** Clouds and machines that do what they should not: each ends with a sentence, nothing left, and nobody's scans changed. */
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { nothingLeft, openSession } from '../lab.ts'
import { openTrial, refusedRun, runOf, sessionPath, type Trial } from './trial.ts'
import { openWorld, type World } from './world.ts'

/** Short, so that nobody waits for what never comes. */
const times = { firstPause: 100, longestPause: 500, grace: 1_000, start: 20_000, transfer: 20_000, removal: 20_000 }
const whole = { complete: true, owed: [] }
const untouched = /scans are untouched/

let world: World
let trial: Trial

beforeAll(async () => {
  world = await openWorld()
  trial = await openTrial(world, { times })
})
afterEach(async () => {
  world.middle.meddle(null)
  world.hypervisor.behaviour('whole')
  expect(await world.left()).toEqual(nothingLeft)
  expect(trial.debts.all).toEqual([])
  for (const token of world.runTokens()) expect(await world.tokenAnswer(token)).toBe(401)
})
afterAll(async () => {
  await trial.close()
  await world.stop()
  expect(world.hypervisor.faults).toEqual([])
})

const guestOf = (run: string) => [...world.hypervisor.guests.values()].find((guest) => guest.run === run)
/** Looks until it is so; half a minute. */
async function until(so: () => boolean | Promise<boolean>): Promise<void> {
  for (let looked = 0; looked < 300; looked++) {
    if (await so()) return
    await pause(100)
  }
  throw new Error('It never came to be.')
}
const ofMachine = (agent: string) => agent.startsWith('Scanside-machine')

describe('a machine', () => {
  it('that powers itself off at once', async () => {
    world.hypervisor.behaviour('off-at-once')
    const { refusal, report } = await refusedRun(trial, trial.spec())
    expect(refusal).toMatchObject({ code: 'engine-unavailable', message: expect.stringMatching(/switched itself off/) })
    expect(report).toMatchObject(whole)
  })

  it('without a container engine', async () => {
    world.hypervisor.behaviour('no-engine')
    const { refusal, report } = await refusedRun(trial, trial.spec())
    expect(refusal).toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringMatching(/no working Docker or Podman/),
      details: { problem: 'no-engine' },
    })
    expect(report).toMatchObject(whole)
  })

  it('that has another image than is wanted', async () => {
    const { refusal, report } = await refusedRun(trial, trial.spec(0, { image: { name: 'scanside-test/other:1', digest: 'f'.repeat(64) } }))
    expect(refusal).toMatchObject({ code: 'not-found', details: { problem: 'image-missing' } })
    expect(report).toMatchObject(whole)
  })

  it('whose pipeline leaves no results', async () => {
    const { refusal, report } = await refusedRun(trial, trial.spec(0, { argv: ['/bin/busybox', 'true'] }))
    expect(refusal).toMatchObject({ code: 'output-refused', details: { problem: 'no-results' }, message: expect.stringMatching(untouched) })
    expect(report).toMatchObject(whole)
  })

  it('whose results the archive says it has kept, and has not', async () => {
    await world.archivePut(`${sessionPath}/resources/SCANSIDE/files/look/1.0/earlier/results.json?inbody=true&overwrite=true`, Buffer.from('{}'))
    world.middle.meddle(({ service, method }) => (service === 'archive' && method === 'PUT' ? { kind: 'answer', status: 200, body: '' } : null))
    const { refusal, report } = await refusedRun(trial, trial.spec())
    expect(refusal).toMatchObject({ code: 'forbidden', details: { problem: 'upload-refused' } })
    expect(report).toMatchObject(whole)
  })

  it('whose results are other in the archive than it sent', async () => {
    const spec = trial.spec()
    const path = `${sessionPath}/resources/SCANSIDE/files/look/1.0/${spec.runId}/results.json?inbody=true&overwrite=true`
    // Between the machine's last word and the desk's look.
    world.middle.meddle(async ({ agent, path: asked }) => {
      if (!ofMachine(agent) || !asked.includes('/tokens/invalidate/')) return null
      await world.archivePut(path, Buffer.from('{"schema":"1.0"}'))
      return null
    })
    const { refusal, report } = await refusedRun(trial, spec)
    expect(refusal).toMatchObject({ code: 'integrity', message: expect.stringMatching(/other results/) })
    expect(report).toMatchObject(whole)
  })

  it('whose results are gone from the archive', async () => {
    const spec = trial.spec()
    const { workspace } = await runOf(trial, spec)
    world.middle.meddle(({ agent, path }) =>
      agent.startsWith('Scanside/') && path.includes('SCANSIDE/files')
        ? { kind: 'answer', status: 200, body: '{"ResultSet":{"Result":[],"totalRecords":"0"}}' }
        : null,
    )
    await expect(workspace.collect('output', new AbortController().signal)).rejects.toMatchObject({ code: 'not-found' })
    expect(await workspace.wipe()).toMatchObject(whole)
  })

  it('whose clock is wrong', async () => {
    const yesterday = new Date(Date.now() - 86_400_000).toUTCString()
    world.middle.meddle(({ agent, path }) =>
      ofMachine(agent) && path.startsWith('/data/JSESSION') ? { kind: 'answer', status: 200, body: '', headers: { date: yesterday } } : null,
    )
    const { refusal, report } = await refusedRun(trial, trial.spec())
    expect(refusal).toMatchObject({ code: 'integrity', details: { problem: 'clock' }, message: expect.stringMatching(/clock/) })
    // It went away believing that its token was refused; the desk proves it.
    world.middle.meddle(null)
    expect(report).toMatchObject(whole)
  })

  it('that somebody else deletes in the middle', async () => {
    const spec = trial.spec(60)
    const { refusal, report } = await refusedRun(trial, spec, undefined, async () => {
      await until(() => world.watch.seen.some(({ Name }) => Name.includes(spec.runId)))
      const server = guestOf(spec.runId)?.server
      expect((await world.user.ask('compute', 'DELETE', `/servers/${server}`)).status).toBe(204)
    })
    expect(refusal).toMatchObject({ code: 'not-found', message: expect.stringMatching(/removed by somebody else/) })
    expect(report).toMatchObject(whole)
  })

  it('that is there and never says a word', async () => {
    world.hypervisor.behaviour('dead')
    const hasty = await openTrial(world, { times: { ...times, start: 8_000, transfer: 1_000 } })
    const spec = hasty.spec()
    const { refusal, report } = await refusedRun(hasty, { ...spec, limits: { ...spec.limits, deadlineMs: 1_000 } })
    expect(refusal).toMatchObject({ code: 'timeout', message: expect.stringMatching(/did not report in its time/) })
    expect(report).toMatchObject(whole)
    await hasty.close()
  })
})

describe('a cloud', () => {
  it('whose machine never leaves BUILD', async () => {
    const hasty = await openTrial(world, { times: { ...times, start: 2_000 } })
    world.middle.meddle(({ service, method }) =>
      service === 'compute' && method === 'GET' ? { kind: 'retold', by: (text) => text.replace(/"status": ?"ACTIVE"/g, '"status": "BUILD"') } : null,
    )
    world.hypervisor.behaviour('dead')
    const { refusal, report } = await refusedRun(hasty, hasty.spec())
    expect(refusal).toMatchObject({ code: 'timeout', message: expect.stringMatching(/has not started the machine/) })
    expect(report).toMatchObject(whole)
    await hasty.close()
  })

  it('that finds no host large enough', async () => {
    const flavor = { name: 'too-large-for-a-test', vcpus: 1, ram: 512, disk: 10_000_000, id: 'too-large-for-a-test' }
    expect((await world.admin.ask('compute', 'POST', '/flavors', { flavor })).status).toBe(200)
    try {
      const large = await openTrial(world, { times, choices: { flavor: flavor.id } })
      const { refusal, report } = await refusedRun(large, large.spec())
      expect(refusal).toMatchObject({
        code: 'engine-unavailable',
        message: expect.stringMatching(/host.*scans are untouched/i),
      })
      expect(report).toMatchObject(whole)
      await large.close()
    } finally {
      await world.admin.ask('compute', 'DELETE', `/flavors/${flavor.id}`)
    }
  })

  /** As an administrator locks a machine: its owner's DELETE is answered 409. */
  const lock = async (run: string, how: 'lock' | 'unlock') => {
    const { status } = await world.admin.ask('compute', 'POST', `/servers/${guestOf(run)?.server}/action`, { [how]: null })
    expect(status).toBe(202)
  }

  it('that refuses to delete for a while', async () => {
    const spec = trial.spec()
    const { workspace } = await runOf(trial, spec)
    await lock(spec.runId, 'lock')
    const wiped = workspace.wipe()
    const refused = world.middle.asked.length
    await until(() => world.middle.asked.slice(refused).filter(({ service, method }) => service === 'compute' && method === 'DELETE').length > 1)
    await lock(spec.runId, 'unlock')
    expect(await wiped).toMatchObject(whole)
  })

  it('that refuses to delete until later: it stays written down, and is removed then', async () => {
    const hasty = await openTrial(world, { times: { ...times, removal: 1_500 } })
    const spec = hasty.spec()
    const { workspace } = await runOf(hasty, spec)
    await lock(spec.runId, 'lock')
    const report = await workspace.wipe()
    expect(report.complete).toBe(false)
    expect(report.owed.join(' ')).toContain(`scanside-${spec.runId}`)
    expect(hasty.debts.all.map(({ kind }) => kind)).toContain('server')
    await lock(spec.runId, 'unlock')
    // The next life, with what was written down.
    const next = await openTrial(world, { times, install: hasty.install, debts: hasty.debts })
    expect(await next.engine.reap()).toMatchObject(whole)
    expect(next.debts.all).toEqual([])
    await hasty.close()
    await next.close()
  })

  it('that makes a machine and whose answer is lost: it is found again, and there is one', async () => {
    let orders = 0
    world.middle.meddle(({ service, method, path }) =>
      service === 'compute' && method === 'POST' && path.endsWith('/servers') && orders++ === 0 ? { kind: 'cut-after' } : null,
    )
    const spec = trial.spec()
    const { workspace, exit } = await runOf(trial, spec)
    expect(exit.exitCode).toBe(0)
    expect(orders).toBe(1)
    expect([...world.hypervisor.guests.values()].filter(({ run }) => run === spec.runId)).toHaveLength(1)
    expect(await workspace.wipe()).toMatchObject(whole)
  })

  it('that is too busy now and then (429, 503 with Retry-After)', async () => {
    let asked = 0
    world.middle.meddle(({ service, method }) => {
      if (service === 'archive' || service === 'identity' || method !== 'GET') return null
      asked += 1
      if (asked % 4 !== 0) return null
      return { kind: 'answer', status: asked % 8 === 0 ? 429 : 503, body: '{}', headers: { 'retry-after': '1' } }
    })
    const { workspace, exit } = await runOf(trial, trial.spec())
    expect(exit.exitCode).toBe(0)
    expect(await workspace.wipe()).toMatchObject(whole)
  })

  it('whose Keystone goes away in the middle while Nova takes the token no more', async () => {
    const spec = trial.spec(4)
    let away = false
    const { refusal, lines, report } = await refusedRun(trial, spec, undefined, async () => {
      await until(() => world.watch.seen.some(({ Name }) => Name.includes(spec.runId)))
      away = true
      const stale = new Set(world.middle.asked.map(({ token }) => token).filter(Boolean))
      world.middle.meddle(({ service, token }) => {
        if (service === 'identity' && away) return { kind: 'cut-before' }
        return stale.has(token) ? { kind: 'answer', status: 401, body: '{"error":{"code":401}}' } : null
      })
      setTimeout(() => {
        away = false
      }, 2_000)
    })
    expect(refusal).toBeNull()
    expect(lines).toContain('The cloud does not answer; the machine works on, and it is asked again.')
    expect(report).toMatchObject(whole)
  })

  it('whose token is revoked in the middle: the desk signs in again', async () => {
    const spec = trial.spec(3)
    const { refusal, report } = await refusedRun(trial, spec, undefined, async () => {
      await until(() => world.watch.seen.some(({ Name }) => Name.includes(spec.runId)))
      const stale =
        [
          ...new Set(
            world.middle.asked
              .filter(({ service }) => service === 'compute')
              .map(({ token }) => token)
              .filter(Boolean),
          ),
        ].at(-1) ?? ''
      // Really, and as the services tell it once they ask Keystone again.
      await world.revoke(stale)
      world.middle.meddle(({ token }) => (token === stale ? { kind: 'answer', status: 401, body: '{"error":{"code":401}}' } : null))
    })
    expect(refusal).toBeNull()
    expect(report).toMatchObject(whole)
  })

  it('whose quota is full', async () => {
    const name = `quota-${Date.now()}`
    const made = async (path: string, body: object) =>
      z.record(z.string(), z.object({ id: z.string() })).parse((await world.admin.ask('identity', 'POST', path, body)).json)
    const project = (await made('/projects', { project: { name, domain_id: 'default' } })).project?.id ?? ''
    const user = (await made('/users', { user: { name, domain_id: 'default', password: 'secret' } })).user?.id ?? ''
    const roles = z
      .object({ roles: z.array(z.object({ id: z.string(), name: z.string() })) })
      .parse((await world.admin.ask('identity', 'GET', '/roles')).json).roles
    for (const { id, name: role } of roles) {
      if (role === 'member' || role === 'reader') await world.admin.ask('identity', 'PUT', `/projects/${project}/users/${user}/roles/${id}`)
    }
    expect((await world.admin.ask('compute', 'PUT', `/os-quota-sets/${project}`, { quota_set: { instances: 1 } })).status).toBe(200)
    const entry = { ...world.proxy.entry, auth: { ...world.proxy.entry.auth, username: name, project_name: name } }
    const small = await openTrial(world, { times, entry })
    try {
      await openSession(entry)
      const first = await small.engine.open(small.spec(30))
      await first.stage([{ mount: 'input', ref: await small.scan() }], new AbortController().signal, () => {})
      await first.start(new AbortController().signal, () => {})
      const { refusal, report } = await refusedRun(small, small.spec())
      expect(refusal).toMatchObject({ code: 'quota' })
      expect(report).toMatchObject(whole)
      expect(await first.wipe()).toMatchObject(whole)
    } finally {
      await small.close()
      await world.admin.ask('identity', 'DELETE', `/users/${user}`)
      await world.admin.ask('identity', 'DELETE', `/projects/${project}`)
    }
  })
})
