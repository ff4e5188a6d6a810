/** An engine for tests and the bench: real, with debts in memory. */
import { randomUUID } from 'node:crypto'
import { parseEndpoint } from '../../main/engines/docker/endpoint.ts'
import { createDockerEngine, type DockerEngine } from '../../main/engines/docker/engine.ts'
import type { ProcessWatch } from '../../main/engines/docker/process-start.ts'
import type { Debts, OwedThing } from '../../main/engines/engine.ts'

export interface TestEngine {
  engine: DockerEngine
  debts: Debts & { all: OwedThing[] }
  install: string
  process: ProcessWatch
}

/** Debts that live as long as the test, in the order they were incurred. */
export function debtsInMemory(): Debts & { all: OwedThing[] } {
  const all: OwedThing[] = []
  const same = (a: OwedThing, b: OwedThing): boolean => a.engine === b.engine && a.kind === b.kind && a.name === b.name
  return {
    all,
    incur(...things) {
      for (const thing of things) if (!all.some((other) => same(other, thing))) all.push(thing)
    },
    settle(...things) {
      for (const thing of things) {
        const at = all.findIndex((other) => same(other, thing))
        if (at !== -1) all.splice(at, 1)
      }
    },
    list: (engine) => all.filter((thing) => engine === undefined || thing.engine === engine),
  }
}

/** `process` stands for one life of the application: another pidStart is another life. */
export function openTestEngine(
  address: string,
  options: { install?: string; debts?: TestEngine['debts']; pidStart?: string; process?: ProcessWatch } = {},
): TestEngine {
  const endpoint = parseEndpoint(address)
  if (endpoint === null) throw new Error(`no endpoint: ${address}`)
  const install = options.install ?? randomUUID()
  const debts = options.debts ?? debtsInMemory()
  const pidStart = options.pidStart ?? 'this-life'
  const watch: ProcessWatch = options.process ?? { pid: process.pid, pidStart, isAlive: (_, start) => start === pidStart, openRuns: new Set() }
  const engine = createDockerEngine({ endpoint, debts, install, process: watch, now: () => new Date() })
  return { engine, debts, install, process: watch }
}
