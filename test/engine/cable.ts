/** A cable between an engine and whoever uses it, which can be cut and mended: a socket that passes everything on to another. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Cable {
  /** `unix://…` of this end. */
  address: string
  /** Breaks what is connected, and lets nobody connect. */
  cut(): Promise<void>
  mend(): Promise<void>
}

/** `address`: `unix://…` of the engine. Begins mended; cut it at the end. */
export async function layCable(address: string): Promise<Cable> {
  const folder = mkdtempSync(join(tmpdir(), 'scanside-cable-'))
  const path = join(folder, 'engine.sock')
  const open = new Set<Socket>()
  let server: Server | null = null
  const connectThrough = (near: Socket): void => {
    const far = connect(address.slice('unix://'.length))
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => open.delete(socket))
    }
    near.pipe(far)
    far.pipe(near)
  }
  const cable: Cable = {
    address: `unix://${path}`,
    async cut() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)))
      server = null
      // It is cut at the end: nothing of it stays.
      rmSync(folder, { recursive: true, force: true })
    },
    async mend() {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const listening = createServer({ allowHalfOpen: true }, connectThrough)
      await new Promise<void>((resolve) => listening.listen(path, resolve))
      server = listening
    },
  }
  await cable.mend()
  return cable
}
