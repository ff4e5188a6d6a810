/** Scanside in a browser on this machine: the same services behind an HTTP server on 127.0.0.1. Not part of the packed application. */
import { readFileSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { ScansideError } from '../oct/errors.ts'
import { createDispatch } from './doorway/dispatch.ts'
import { createFiles } from './doorway/files.ts'
import { createGate, tokenLifeMs } from './loopback/gate.ts'
import { nodeCapabilities } from './loopback/node-capabilities.ts'
import { browserCommands, openBrowser, writeRedirect } from './loopback/open-browser.ts'
import { serveLoopback } from './loopback/server.ts'
import { listensHere, redirectName, removeStaleRedirects } from './loopback/stale.ts'
import { createServices } from './services.ts'

const built = import.meta.dirname
const root = dirname(dirname(built))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
const capabilities = nodeCapabilities(root, built, version)
await removeStaleRedirects(homedir(), listensHere)
const services = await createServices(capabilities).catch((error: unknown) => {
  if (!(error instanceof ScansideError)) throw error
  console.log(error.message)
  process.exit(1)
})
// By a clock that nobody sets: a token lives its seconds and no more.
const gate = createGate(() => performance.now())

let lastWindowLeft: NodeJS.Timeout | undefined
let leaving = false
let renewal: NodeJS.Timeout | undefined
const front = await serveLoopback({
  gate,
  files: createFiles(join(dirname(built), 'renderer')),
  bulk: services.bulk,
  dispatch: createDispatch(services.handlers, capabilities.log),
  subscribe: services.subscribe,
  onWindows(open) {
    clearTimeout(lastWindowLeft)
    if (open > 0) return shutDoor()
    openDoor()
    lastWindowLeft = setTimeout(leaveWhenIdle, 60_000)
  },
})

// In the home folder, where browsers confined by snap can read it. While no window is there, the token in it is renewed before it dies.
const file = join(homedir(), redirectName(front.port))
openDoor()

const graphical = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
const commands = process.env.SCANSIDE_NO_BROWSER ? [] : browserCommands(process.platform, process.getuid?.() === 0, graphical)
const opened = await openBrowser(commands, file)
if (opened) console.log(`Scanside is open in your browser (${opened}). It ends a minute after its last window, when no run is under way.`)
else console.log(`No browser could be opened from here. Open this file in a browser on this machine, as this user:\n  ${file}`)
console.log('Scanside is ready')

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, leave)
// The terminal it was started from is closed; kernel and shell may both say so, and the second word must not cut the first one's work short.
process.on('SIGHUP', leave)

function openDoor(): void {
  if (leaving) return
  clearInterval(renewal)
  renewToken()
  renewal = setInterval(renewToken, tokenLifeMs - 2_000)
}

function renewToken(): void {
  try {
    writeRedirect(file, front.port, gate.issue())
  } catch (error) {
    // A home folder that is full or read-only must not end the runs that are under way.
    capabilities.log('redirect file', (error as NodeJS.ErrnoException).code ?? 'not written')
  }
}

function shutDoor(): void {
  clearInterval(renewal)
  rmSync(file, { force: true })
}

/** Ends when nothing is under way and nothing is owed; looks again every minute otherwise. */
function leaveWhenIdle(): void {
  if (services.busy()) lastWindowLeft = setTimeout(leaveWhenIdle, 60_000)
  else leave()
}

async function leave(): Promise<void> {
  if (leaving) return
  leaving = true
  shutDoor()
  // The runs' workspaces first: they must be gone even where the front will not end.
  await services.stop()
  await front.stop()
  process.exit(0)
}
