/** `npm run test:zun`: the stand-in held against python3-zunclient, then the Zun engine by the contract of engines, over a cloud's Keystone and Swift. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { busyboxPath } from '../engine/busybox-image.ts'
import { testCloud } from './lab.ts'

export interface SuiteOutcome {
  passed: number
  failed: number
}

/** What is missing counts as a failure and is named. */
export function runZunSuite(): SuiteOutcome {
  const missing = [
    ...(existsSync('/usr/bin/zun') ? [] : ['python3-zunclient is missing: apt-get install python3-zunclient']),
    ...(existsSync(busyboxPath) ? [] : [`${busyboxPath} is missing: apt-get install busybox-static`]),
    ...noCloud(),
  ]
  for (const sentence of missing) console.error(`FAILED: Zun suite: ${sentence}`)
  if (missing.length > 0) return { passed: 0, failed: missing.length }
  const folder = mkdtempSync(join(tmpdir(), 'scanside-zun-'))
  const report = join(folder, 'report.json')
  try {
    const config = ['--config', 'test/zun/vitest.config.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const ran = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...config], { stdio: 'inherit' })
    const told = JSON.parse(readFileSync(report, 'utf8')) as { numPassedTests: number; numFailedTests: number }
    // An error outside of any test leaves no failed test, but a code.
    return { passed: told.numPassedTests, failed: ran.status === 0 ? told.numFailedTests : Math.max(1, told.numFailedTests) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function noCloud(): string[] {
  try {
    testCloud()
    return []
  } catch (fault) {
    return [fault instanceof Error ? fault.message : String(fault)]
  }
}
