/** Scanside in Electron. Reads from top to bottom: prepare, build the services, bind the doorway, open the window. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { app, dialog, protocol } from 'electron'
import { ScansideError } from '../oct/errors.ts'
import { frontLog } from './diagnostics/log.ts'
import { createDispatch } from './doorway/dispatch.ts'
import { createFiles } from './doorway/files.ts'
import { electronCapabilities } from './electron/capabilities.ts'
import { systemClipboard } from './electron/clipboard.ts'
import { bindQuit } from './electron/closing.ts'
import { createPassingClipboard } from './electron/passing-clipboard.ts'
import { windowPreferences } from './electron/policies.ts'
import { bindDoorway, openWindow, serveApp, type WindowParts } from './electron/window.ts'
import { wirePolicies } from './electron/wire.ts'
import { dataFolder } from './paths.ts'
import { createServices } from './services.ts'

protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } }])
// Tests on machines where everything runs as root start Electron without its sandbox; the packed application refuses that.
const unsandboxed = app.commandLine.hasSwitch('no-sandbox')
if (!unsandboxed) app.enableSandbox()
// A crash dump is a picture of memory: it would hold scans and names.
app.commandLine.appendSwitch('disable-breakpad')
app.commandLine.appendSwitch('disable-http-cache')
app.commandLine.appendSwitch('disable-gpu-shader-disk-cache')
if (process.env.SCANSIDE_HOME) app.setPath('userData', join(process.env.SCANSIDE_HOME, 'window'))

const log = frontLog(dataFolder(process.platform, process.env, homedir()), app.isPackaged)
// Electron would show what was thrown, whole, in a dialog of its own, and a terminal or a journal would keep it.
process.on('uncaughtException', (error) => log('uncaught', error))
process.on('unhandledRejection', (error) => log('unhandled', error))

if (unsandboxed && app.isPackaged) {
  console.log('Scanside does not run without its sandbox.')
  app.exit(1)
} else if (!app.requestSingleInstanceLock()) {
  console.log('Scanside is already open.')
  app.quit()
} else {
  // Not awaited: Electron waits for this module before it is ready.
  run().catch((error: unknown) => {
    log('start', error)
    const why = error instanceof ScansideError ? error.message : 'Start Scanside again; if it stays, show your administrator this line.'
    dialog.showErrorBox('Scanside could not start', `Your data is safe: nothing was changed. ${why}`)
    app.exit(1)
  })
}

/** Does not keep the process alive. */
function after(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms).unref()
  return () => clearTimeout(timer)
}

async function run(): Promise<void> {
  await app.whenReady()
  const built = import.meta.dirname
  const preload = join(built, '..', 'preload', 'preload.cjs')
  const preferences = windowPreferences(preload, app.isPackaged)
  const session = wirePolicies(preferences.partition)
  const clipboard = createPassingClipboard(systemClipboard(), after, (error) => log('clipboard', error))
  const capabilities = electronCapabilities(built, session, clipboard, log)
  const services = await createServices(capabilities)
  const parts: WindowParts = {
    session,
    files: createFiles(join(built, '..', 'renderer')),
    bulk: services.bulk,
    dispatch: createDispatch(services.handlers, log),
    subscribe: services.subscribe,
    preferences,
  }
  serveApp(parts)
  const known = new Set<number>()
  bindDoorway(parts, (id) => known.has(id))
  const window = await openWindow(parts, (id) => known.add(id))
  app.on('second-instance', () => {
    // It may be closed already while the last workspace is being removed.
    if (window.isDestroyed()) return
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  const stop = async () => {
    await clipboard.clearNow()
    await services.stop()
  }
  bindQuit(window, { unsaved: services.unsaved, stop }, log)
  console.log('Scanside is ready')
}
