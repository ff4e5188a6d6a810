import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { holdLock } from './lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scanside-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it('is held once and can be had again after its release', () => {
  const file = join(folder, 'lock.db')
  const held = holdLock(file)
  expect(() => holdLock(file)).toThrow(expect.objectContaining({ code: 'conflict' }))
  held.release()
  held.release()
  holdLock(file).release()
})

it('is let go of by a process that is killed', async () => {
  const file = join(folder, 'lock.db')
  const script =
    "const D = require('libsql'); const db = new D(process.argv[1]); db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE'); console.log('held'); setInterval(() => db.open, 1000)"
  const other = spawn(process.execPath, ['-e', script, file], { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve) => other.stdout.once('data', resolve))
  expect(() => holdLock(file)).toThrow(expect.objectContaining({ code: 'conflict' }))
  const gone = new Promise((resolve) => other.once('exit', resolve))
  other.kill('SIGKILL')
  await gone
  holdLock(file).release()
})
