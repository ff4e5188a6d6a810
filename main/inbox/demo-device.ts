/** Starts the demo lab's device: a worker that exports generated scans of invented patients into a folder that is gone when Scanside closes. */
import { mkdir, rm } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'

export interface DemoDevice {
  /** Answers the folder it exports to; starting it again while it exports changes nothing. */
  start(): Promise<string>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

/**
 * @param url where the bundle has `demo-device`
 * @param folder in the clear on disk: what lies there was invented
 */
export function createDemoDevice(url: URL, folder: string, everyMs = 4_000): DemoDevice {
  let worker: Worker | null = null
  const clear = () => rm(folder, { recursive: true, force: true }).catch(() => undefined)
  // What a crash left there goes at the next start.
  const cleared = clear()
  return {
    start: async () => {
      if (worker) return folder
      await cleared
      await clear()
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const started = new Worker(url, { workerData: { folder, everyMs }, env: {}, stdout: true, stderr: true })
      worker = started
      started.unref()
      const ended = () => {
        if (worker === started) worker = null
      }
      started.once('exit', ended)
      started.once('error', ended)
      return folder
    },
    stop: async () => {
      await worker?.terminate()
      worker = null
      await cleared
      await clear()
    },
  }
}
