/** The capabilities of the desktop application. */
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { app, clipboard, session, utilityProcess } from 'electron'
import { ScansideError } from '../../oct/errors.ts'
import type { Capabilities } from '../capabilities.ts'
import { pacProxy } from '../http/proxy.ts'
import { dataFolder } from '../paths.ts'
import { shippedFromSource, shippedIn } from '../shipped-image.ts'
import { electronPictures } from './pictures.ts'

/** `built`: the folder of the built main. */
export function electronCapabilities(built: string): Capabilities {
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
    copyText: async (text) => clipboard.writeText(text),
    pictures: electronPictures(),
    parseWorker: new URL(`file://${join(built, 'parse-worker.js')}`),
    judgeWorker: new URL(`file://${join(built, 'judge-worker.js')}`),
    shippedImage: app.isPackaged ? packedImage : (signal) => shippedFromSource(root, 'node', signal),
    proxyFor: async (url) => pacProxy(await session.defaultSession.resolveProxy(url)),
    protectContent: null,
    log: (where, error) => console.error(`scanside: ${where}:`, error),
  }
}

async function packedImage(): Promise<string> {
  const file = shippedIn(join(process.resourcesPath, 'images'))
  if (!file)
    throw new ScansideError('not-found', 'This installation came without the OCT quality image. Load it from a file, or install Scanside again.')
  return file
}
