/** Redirect files that a front left behind when it was killed: their tokens died with it, but they litter the person's home. */
import { readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'

/** The file a front at `port` writes. */
export const redirectName = (port: number): string => `scanside-${port}.html`

/** The port in a redirect file's name; null for every other name. */
export function redirectPort(name: string): number | null {
  const port = Number(/^scanside-([1-9]\d{3,4})\.html$/.exec(name)?.[1] ?? 0)
  return port > 0 && port < 65_536 ? port : null
}

/** Removes from `folder` the redirect files of ports at which nobody listens. Never rejects: litter must not keep a front from starting. */
export async function removeStaleRedirects(folder: string, listens: (port: number) => Promise<boolean>): Promise<void> {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    return
  }
  for (const name of names) {
    const port = redirectPort(name)
    if (port === null || (await listens(port))) continue
    try {
      rmSync(join(folder, name), { force: true })
    } catch {
      // Not ours to remove.
    }
  }
}

/** Whether anything listens at a port of 127.0.0.1. Only a refusal counts as no: what cannot be told is taken for yes. */
export function listensHere(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 })
    const tell = (listens: boolean) => {
      socket.destroy()
      resolve(listens)
    }
    socket.once('connect', () => tell(true))
    socket.once('timeout', () => tell(true))
    socket.once('error', (error: NodeJS.ErrnoException) => tell(error.code !== 'ECONNREFUSED'))
  })
}
