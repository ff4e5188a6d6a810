/** The capabilities of the desktop application. */
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { app, BrowserWindow, type Session, utilityProcess } from 'electron'
import { ScansideError } from '../../oct/errors.ts'
import type { Capabilities } from '../capabilities.ts'
import { pacProxy } from '../http/proxy.ts'
import { dataFolder } from '../paths.ts'
import { shippedFromSource, shippedIn } from '../shipped-image.ts'
import { contentProtection } from './content-protection.ts'
import type { PassingClipboard } from './passing-clipboard.ts'
import { electronPictures } from './pictures.ts'

/** `built`: the folder of the built main. `session`: the window's, in memory: asking for a proxy must not open one that writes. */
export function electronCapabilities(built: string, session: Session, clipboard: PassingClipboard, log: Capabilities['log']): Capabilities {
  const root = dirname(dirname(built))
  return {
    front: 'electron',
    version: app.getVersion(),
    dataFolder: dataFolder(process.platform, process.env, homedir()),
    env: process.env,
    startDemo() {
      const child = utilityProcess.fork(join(built, 'demo.js'), [], { stdio: 'ignore', serviceName: 'Scanside demo lab' })
      return {
        onMessage: (listener) => child.on('message', listener),
        onExit: (listener) => child.once('exit', listener),
        kill: () => child.kill(),
      }
    },
    copyText: clipboard.copyText,
    pictures: electronPictures(clipboard),
    parseWorker: new URL(`file://${join(built, 'parse-worker.js')}`),
    judgeWorker: new URL(`file://${join(built, 'judge-worker.js')}`),
    shippedImage: app.isPackaged ? packedImage : (signal) => shippedFromSource(root, 'node', signal),
    proxyFor: async (url) => pacProxy(await session.resolveProxy(url)),
    protectContent: contentProtection(
      process.platform,
      () => BrowserWindow.getAllWindows(),
      (opened) => app.on('browser-window-created', (_event, window) => opened(window)),
    ),
    log,
  }
}

async function packedImage(): Promise<string> {
  const file = shippedIn(join(process.resourcesPath, 'images'))
  if (!file)
    throw new ScansideError('not-found', 'This installation came without the OCT quality image. Load it from a file, or install Scanside again.')
  return file
}
