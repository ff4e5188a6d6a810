/**
 * Proves the demo archive with a client this project did not write: Debian's pyxnat and its own resource tests.
 * Needs the Debian packages python3-pyxnat and python3-pytest; without them it fails loudly.
 */
import { spawn } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { seedPyxnat } from '../../demo/seed-pyxnat.ts'
import { createArchive } from '../../demo/server.ts'

const python = '/usr/bin/python3'
const pyxnatTests = '/usr/lib/python3/dist-packages/pyxnat/tests'
/** ms; a client that waits for an answer which never comes shall not hold up everything else. */
const patience = 180_000
/** How many tests the packaged file holds; fewer passing ones mean that some did not run. */
const expected = 29

function run(args: string[], cwd: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(python, args, { cwd, env: { HOME: cwd, PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' }, timeout: patience })
    let output = ''
    child.stdout.on('data', (part: Buffer) => {
      output += part.toString('utf8')
    })
    child.stderr.on('data', (part: Buffer) => {
      output += part.toString('utf8')
    })
    child.on('error', (error) => resolve({ code: 127, output: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

const count = (output: string, word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(output)?.[1] ?? 0)

/** Runs pyxnat's resource tests against a fresh archive. `failed` counts errors and tests that did not run, too. */
export async function runArchiveSuite(): Promise<{ passed: number; failed: number }> {
  const work = await mkdtemp(join(tmpdir(), 'scanside-pyxnat-'))
  try {
    const there = await run(['-c', 'import pyxnat, pytest'], work)
    if (there.code !== 0) {
      console.error('FAILED: pyxnat or pytest is missing. Install both:\n  apt-get install python3-pyxnat python3-pytest')
      return { passed: 0, failed: expected }
    }
    const archive = createArchive({ seed: seedPyxnat })
    await archive.start()
    try {
      const tests = join(work, 'tests')
      await cp(pyxnatTests, tests, { recursive: true })
      await writeFile(join(tests, 'central.cfg'), JSON.stringify({ server: archive.urls.http, user: 'nosetests', password: 'nose' }))
      const { output } = await run(['-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'resources_test.py'], tests)
      console.log(output)
      const passed = count(output, 'passed')
      return { passed, failed: Math.max(expected - passed, count(output, 'failed') + count(output, 'error')) }
    } finally {
      await archive.stop()
    }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { passed, failed } = await runArchiveSuite()
  console.log(`pyxnat against the demo archive: ${passed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
}
