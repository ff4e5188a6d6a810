#!/usr/bin/env node
// TypeScript as it stands: whoever has the source and its packages needs no build.
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { register } from 'tsx/esm/api'

register()
const { recoverCommand } = await import('../recover-command.ts')
const ask = () =>
  new Promise((resolve) => {
    process.stderr.write('Passphrase of the recovery key: ')
    // What is typed is not shown.
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
    const lines = createInterface({ input: process.stdin, output: silent, terminal: process.stdin.isTTY === true })
    lines.once('line', (line) => {
      lines.close()
      process.stderr.write('\n')
      resolve(line)
    })
  })
const { text, code } = await recoverCommand(process.argv.slice(2), ask)
console.log(text)
process.exitCode = code
