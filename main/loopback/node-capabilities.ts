/** The capabilities of the loopback front: plain Node. */
import { fork } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { ScansideError } from '../../oct/errors.ts'
import type { Capabilities } from '../capabilities.ts'
import { frontLog } from '../diagnostics/log.ts'
import { environmentProxy } from '../http/proxy.ts'
import { dataFolder } from '../paths.ts'
import { shippedFromSource } from '../shipped-image.ts'

/** `built`: the folder of the built main; `root`: the project's. */
export function nodeCapabilities(root: string, built: string, version: string): Capabilities {
  const folder = dataFolder(process.platform, process.env, homedir())
  return {
    front: 'browser',
    version,
    dataFolder: folder,
    env: process.env,
    startDemo() {
      const child = fork(join(built, 'demo.js'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
      return {
        onMessage: (listener) => child.on('message', listener),
        onExit: (listener) => child.once('exit', listener),
        kill: () => child.kill('SIGTERM'),
      }
    },
    copyText: () => Promise.reject(new ScansideError('not-supported', 'In a browser, the page itself copies. Select the text and copy it by hand.')),
    pictures: null,
    parseWorker: new URL(`file://${join(built, 'parse-worker.js')}`),
    judgeWorker: new URL(`file://${join(built, 'judge-worker.js')}`),
    shippedImage: (signal) => shippedFromSource(root, 'node', signal),
    proxyFor: async (url) => environmentProxy(process.env, url),
    protectContent: null,
    // Not part of the packed application: whoever starts it here is a developer, and sees errors whole in their terminal.
    log: frontLog(folder, false),
  }
}
