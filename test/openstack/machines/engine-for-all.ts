/** One engine with both guests and the pipeline for the whole suite; each file of tests has its own hypervisor and archive. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEngine } from '../guest/engine.ts'
import { importGuests } from '../guest/image.ts'
import { loadPipeline } from '../pipeline.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the engine's socket. */
    engine: string
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'scanside-guests-'))
  const engine = await startEngine(folder)
  const end = async () => {
    await engine.stop()
    // dockerd leaves the mount by which it held its network.
    spawnSync('umount', ['--lazy', join(folder, 'exec', 'netns', 'default')])
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await importGuests(engine.docker)
    await loadPipeline(engine.docker)
  } catch (error) {
    await end()
    throw error
  }
  project.provide('engine', engine.socket)
  return end
}
