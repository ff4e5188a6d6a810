/** What a test of machines stands on: the given cloud with somebody in the middle, a hypervisor with guests, and an archive over HTTPS. */
import Docker from 'dockerode'
import { request } from 'undici'
import { inject } from 'vitest'
import type { Token } from '../../../demo/auth.ts'
import { createFaults, type Faults } from '../../../demo/faults.ts'
import { seedDemo } from '../../../demo/seed.ts'
import { createArchive, type DemoArchive } from '../../../demo/server.ts'
import { type Hypervisor, startHypervisor } from '../guest/hypervisor.ts'
import { type Watch, watchContainers } from '../guest/watch.ts'
import { cloudEntry, consoleFolder, leftInCloud, openAdmin, openSession, type Session } from '../lab.ts'
import { type CloudProxy, createMiddle, type Middle, startProxy } from '../proxy.ts'
import { onTheCable } from './archive-cable.ts'

export interface World {
  admin: Session
  /** Who the desk signs in as, past whoever is in the middle. */
  user: Session
  proxy: CloudProxy
  /** Before the cloud's services (of the desk and of machines), and before the archive. */
  middle: Middle
  docker: Docker
  hypervisor: Hypervisor
  watch: Watch
  archive: DemoArchive
  faults: Faults
  /** Whatever tokens there are now are the desk's own. */
  noteDeskTokens(): void
  allTokens(): Token[]
  /** Alias tokens that were ever issued for runs: everything but the desk's own. */
  runTokens(): Token[]
  /** What the archive answers to a token's owner. */
  tokenAnswer(token: Token): Promise<number>
  /** As the archive's owner. */
  archiveText(path: string): Promise<{ status: number; text: string }>
  archivePut(path: string, bytes: Uint8Array): Promise<void>
  /** Ends a token of Keystone's, as its owner could. */
  revoke(token: string): Promise<void>
  left(): ReturnType<typeof leftInCloud>
  stop(): Promise<void>
}

export async function openWorld(): Promise<World> {
  const [admin, user] = await Promise.all([openAdmin(), openSession(cloudEntry())])
  const middle = createMiddle()
  const proxy = await startProxy(cloudEntry(), user, middle)
  const socket = inject('engine')
  const docker = new Docker(Object.assign({ socketPath: socket, protocol: 'http' as const }, { host: undefined }))
  const watch = await watchContainers(docker)
  const faults = createFaults()
  const archive = createArchive({ seed: (lab, gate) => seedDemo(lab, gate), faults: onTheCable(faults, middle) })
  await archive.start()
  const hypervisor = startHypervisor({ admin, engine: { docker, socket, stop: async () => {} }, consoles: consoleFolder() })
  const own = new Set<string>()
  // A withdrawn token is no longer listed; a test still wants to see it refused.
  const ever: Token[] = []
  const keep = archive.gate.tokens.set.bind(archive.gate.tokens)
  archive.gate.tokens.set = (alias, token) => {
    ever.push({ ...token })
    return keep(alias, token)
  }
  const owner = `Basic ${Buffer.from('demo:demo').toString('base64')}`
  // The plain side: what a test asks behind the scenes needs no certificate.
  const ask = async (method: 'GET' | 'PUT', path: string, authorization: string, body?: Uint8Array) => {
    const answer = await request(`${archive.urls.http}${path}`, {
      method,
      headers: { authorization, 'user-agent': 'scanside-test' },
      body: body ?? null,
    })
    return { status: answer.statusCode, text: await answer.body.text() }
  }
  return {
    admin,
    user,
    proxy,
    middle,
    docker,
    hypervisor,
    watch,
    archive,
    faults,
    noteDeskTokens() {
      for (const { alias } of ever) own.add(alias)
    },
    allTokens: () => ever,
    runTokens: () => ever.filter(({ alias }) => !own.has(alias)),
    tokenAnswer: async ({ alias, secret }) =>
      (await ask('GET', '/data/projects?format=json', `Basic ${Buffer.from(`${alias}:${secret}`).toString('base64')}`)).status,
    archiveText: (path) => ask('GET', path, owner),
    async archivePut(path, bytes) {
      const { status, text } = await ask('PUT', path, owner, bytes)
      if (status >= 300) throw new Error(`PUT ${path}: ${status} ${text.slice(0, 300)}`)
    },
    async revoke(token) {
      const { auth } = cloudEntry()
      const { statusCode, body } = await request(`${auth.auth_url}/auth/tokens`, {
        method: 'DELETE',
        headers: { 'x-auth-token': token, 'x-subject-token': token },
      })
      await body.dump()
      if (statusCode !== 204) throw new Error(`The token was not revoked: ${statusCode}`)
    },
    left: () => leftInCloud(admin, user),
    async stop() {
      await hypervisor.stop()
      watch.stop()
      await proxy.stop()
      await archive.stop()
    },
  }
}
