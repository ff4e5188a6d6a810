/** An engine with both guests and the pipeline for the machines of the whole suite, and one for the desk; each file of tests has its own hypervisor and archive. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEngine } from '../guest/engine.ts'
import { importGuests } from '../guest/image.ts'
import { loadPipeline } from '../pipeline.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the socket of the machines' engine. */
    engine: string
    /** The desk's own: what a desk looks through for leftovers is never a machine's. */
    deskEngine: string
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'scanside-guests-'))
  const places = [join(folder, 'machines'), join(folder, 'desk')] as const
  const engine = await startEngine(places[0])
  const desk = await startEngine(places[1])
  const end = async () => {
    await Promise.all([engine.stop(), desk.stop()])
    // dockerd leaves the mounts by which it held its network and, where mounts are not shared, its data.
    const mounted = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .flatMap((line) => line.split(' ')[1] ?? [])
      .filter((place) => place.startsWith(`${folder}/`))
    for (const place of mounted.reverse()) spawnSync('umount', ['--lazy', place])
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
  try {
    await importGuests(engine.docker)
    await loadPipeline(engine.docker)
    await loadPipeline(desk.docker)
  } catch (error) {
    await end()
    throw error
  }
  project.provide('engine', engine.socket)
  project.provide('deskEngine', desk.socket)
  return end
}
