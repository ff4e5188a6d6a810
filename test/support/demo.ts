/** The demo archive in the test's own process, with a record of every request it got, and what the test asks of it behind the application's back. */
import { Agent, request } from 'undici'
import { createFaults, type Faults } from '../../demo/faults.ts'
import type { Lab } from '../../demo/model.ts'
import { seedDemo } from '../../demo/seed.ts'
import { createArchive, type DemoArchive, type FaultSwitches } from '../../demo/server.ts'

export interface TestArchive {
  archive: DemoArchive
  /** What goes wrong there, until it is cleared. */
  faults: Faults
  /** The cable: pulled, every connection breaks before a word is said; the test's own questions are answered all the same. */
  cable: { pull(): void; plug(): void }
  /** The site file that points at it. */
  site: { archive: string; ca: string; demo: boolean }
  /** As the demo's owner: JSON of a path below the archive's address. */
  json(path: string): Promise<unknown>
  put(path: string, bytes?: Uint8Array): Promise<void>
  text(path: string): Promise<string>
  stop(): Promise<void>
}

/** As whom the test itself asks. */
const asker = 'scanside-test'

/** Starts it on free ports, HTTPS with a certificate made now. `more`: puts into it what no client could. */
export async function startArchive(options: { large?: boolean; more?: (lab: Lab) => void } = {}): Promise<TestArchive> {
  const faults = createFaults()
  let pulled = false
  const switches: FaultSwitches = {
    ...faults,
    before: async (request, response) => {
      if (!pulled || request.headers['user-agent'] === asker) return faults.before(request, response)
      request.socket.destroy()
      return true
    },
  }
  const seed: typeof seedDemo = (lab, gate) => {
    seedDemo(lab, gate, options)
    options.more?.(lab)
  }
  const archive = createArchive({ faults: switches, seed })
  await archive.start()
  const agent = new Agent({ connect: { ca: archive.ca } })
  const headers = { authorization: `Basic ${Buffer.from('demo:demo').toString('base64')}`, 'user-agent': asker }
  const ask = async (method: 'GET' | 'PUT', path: string, body?: Uint8Array) => {
    const answer = await request(`${archive.urls.https}${path}`, { method, headers, dispatcher: agent, body: body ?? null })
    const text = await answer.body.text()
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`)
    return text
  }
  return {
    archive,
    faults,
    cable: {
      pull: () => {
        pulled = true
      },
      plug: () => {
        pulled = false
      },
    },
    site: { archive: archive.urls.https, ca: archive.ca, demo: false },
    json: async (path) => JSON.parse(await ask('GET', path)),
    put: async (path, bytes) => {
      await ask('PUT', path, bytes)
    },
    text: (path) => ask('GET', path),
    async stop() {
      await agent.close()
      await archive.stop()
    },
  }
}
