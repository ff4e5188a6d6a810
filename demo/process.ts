/**
 * The demo archive as a child of the application: forked by Node or started as Electron's utility process. It takes its settings from
 * argv (`--folder DIR`, `--port N`, `--large`) or from the first message, answers once with where it is, and ends with its parent.
 */
import { demoUser, seedDemo } from './seed.ts'
import { createArchive } from './server.ts'

/** The first message, where there is one: `{ type: 'start', ... }`. */
export interface DemoConfig {
  port?: number
  httpsPort?: number
  folder?: string
  large?: boolean
}

/** The one answer. */
export interface DemoReady {
  type: 'ready'
  http: string
  https: string
  /** PEM */
  ca: string
  user: string
  password: string
}

/** Sent instead where it could not start. */
export interface DemoFailed {
  type: 'failed'
  message: string
}

/** The two ways a parent can be talked to; Electron's port is described here, not imported. */
interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown }) => void): void
}

const port = (process as NodeJS.Process & { parentPort?: ParentPort }).parentPort

function tell(message: DemoReady | DemoFailed): void {
  if (port) port.postMessage(message)
  else process.send?.(message)
}

let archive: ReturnType<typeof createArchive> | undefined

async function start(config: DemoConfig): Promise<void> {
  if (archive) return
  const { large = false, ...rest } = config
  archive = createArchive({ ...rest, seed: (lab, gate) => seedDemo(lab, gate, { large }) })
  try {
    await archive.start()
    tell({ type: 'ready', http: archive.urls.http, https: archive.urls.https, ca: archive.ca, user: demoUser.login, password: demoUser.password })
  } catch (error) {
    tell({ type: 'failed', message: error instanceof Error ? error.message : 'The demo archive could not start.' })
    process.exitCode = 1
    process.disconnect?.()
  }
}

function configOf(message: unknown): DemoConfig | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message) || message.type !== 'start') return undefined
  const given = message as Record<string, unknown>
  return {
    ...(typeof given.port === 'number' ? { port: given.port } : {}),
    ...(typeof given.httpsPort === 'number' ? { httpsPort: given.httpsPort } : {}),
    ...(typeof given.folder === 'string' ? { folder: given.folder } : {}),
    ...(given.large === true ? { large: true } : {}),
  }
}

async function end(): Promise<void> {
  await archive?.stop()
  process.exit(0)
}

function take(message: unknown): void {
  if (typeof message === 'object' && message !== null && 'type' in message && message.type === 'stop') void end()
  const config = configOf(message)
  if (config) void start(config)
}

port?.on('message', (event) => take(event.data))
process.on('message', take)
process.on('disconnect', end)
process.once('SIGTERM', end)
process.once('SIGINT', end)

const flag = (name: string) => {
  const at = process.argv.indexOf(name)
  return at < 0 ? undefined : process.argv[at + 1]
}
// `--wait` leaves everything to the first message.
if (!process.argv.includes('--wait')) {
  const folder = flag('--folder')
  void start({ port: Number(flag('--port') ?? 0), large: process.argv.includes('--large'), ...(folder === undefined ? {} : { folder }) })
}
