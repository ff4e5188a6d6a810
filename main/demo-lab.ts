/** The demo lab's archive: a process of its own on loopback, started when a person asks for it and ended with the application. */
import { z } from 'zod'
import { ScansideError } from '../oct/errors.ts'

/** What a started child process is to us, whichever way it was started (fork here, utilityProcess in Electron). */
export interface DemoChild {
  onMessage(listener: (message: unknown) => void): void
  onExit(listener: () => void): void
  kill(): void
}

const readySchema = z.object({ type: z.literal('ready'), https: z.string(), ca: z.string(), user: z.string(), password: z.string() })
export type DemoAccess = Omit<z.infer<typeof readySchema>, 'type'>

export interface DemoLab {
  /** Address, certificate and demo account; starts the process on the first call. */
  open(): Promise<DemoAccess>
  stop(): void
}

/** `start` starts the child. It has 20 s to say that it is ready. */
export function createDemoLab(start: () => DemoChild): DemoLab {
  let child: DemoChild | null = null
  let access: Promise<DemoAccess> | null = null
  const begin = () =>
    new Promise<DemoAccess>((resolve, reject) => {
      const failed = () => new ScansideError('internal', 'The demo lab did not start. Nothing was changed. Try again.')
      const late = setTimeout(() => reject(failed()), 20_000)
      child = start()
      child.onMessage((message) => {
        const ready = readySchema.safeParse(message)
        if (!ready.success) return
        clearTimeout(late)
        resolve(ready.data)
      })
      child.onExit(() => {
        clearTimeout(late)
        child = null
        access = null
        reject(failed())
      })
    })
  return {
    open() {
      access ??= begin().catch((error) => {
        access = null
        throw error
      })
      return access
    },
    stop() {
      child?.kill()
      child = null
      access = null
    },
  }
}
