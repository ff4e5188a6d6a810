#!/usr/bin/env node
// TypeScript as it stands: whoever has the source and its packages needs no build.
import { register } from 'tsx/esm/api'

register()
const { verifyCommand } = await import('../verify-command.ts')
const { text, code } = await verifyCommand(process.argv.slice(2))
console.log(text)
process.exitCode = code
