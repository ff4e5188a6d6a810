/** The built application as a process of its own, spoken to through its doorway as a window would, and killed as a power cut would. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { request } from 'undici'
import WebSocket from 'ws'
import type { EventName, Input, MethodName, Output, Payload, Reply } from '../../preload/contract.ts'
import { prepareHome, root } from './application.ts'

export interface DeskProcess {
  /** Its folder. */
  home: string
  output(): string
  call<M extends MethodName>(method: M, input: Input<M>): Promise<Output<M>>
  /** What a window puts to `/bulk/<ticket>`; answers the body. @throws Error with it where it was refused */
  put(url: string, bytes: Uint8Array): Promise<string>
  /** What a window gets from it. @throws Error as `put` */
  get(url: string): Promise<Buffer>
  /** Of its process. */
  pid: number
  /** Hears an event, as a window does; returns how to stop. */
  on<E extends EventName>(event: E, listener: (payload: Payload<E>) => void): () => void
  /** SIGKILL: nothing of it says another word. */
  kill(): Promise<void>
  stop(): Promise<void>
}

const exited = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise<void>((resolve) => child.once('exit', () => resolve()))

/** `known`: the folder of an earlier life. `env` over the test's own. `born` gets the process before it is ready: it may be killed on its way. */
export async function startDesk(
  site: object,
  env: Record<string, string>,
  known?: string,
  born: (child: ChildProcess) => void = () => {},
): Promise<DeskProcess> {
  const prepared = prepareHome(site, known)
  const child = spawn(process.execPath, [join(root, 'out', 'main', 'loopback.js')], {
    env: { ...process.env, ...prepared.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  born(child)
  let output = ''
  child.stdout.on('data', (data) => (output += String(data)))
  child.stderr.on('data', (data) => (output += String(data)))
  for (let waited = 0; waited < 600 && !output.includes('Scanside is ready'); waited++) {
    if (child.exitCode !== null || child.signalCode !== null) break
    await pause(50)
  }
  const file = /^ {2}(\S+\.html)$/m.exec(output)?.[1]
  if (!file || !existsSync(file)) throw new Error(`The application did not start:\n${output}`)
  const address = /url=(http:\S+?)"/.exec(readFileSync(file, 'utf8'))?.[1] ?? ''
  const { origin, hash } = new URL(address)
  const told = await request(`${origin}/session`, { method: 'POST', headers: { origin }, body: hash.slice(1) })
  const key = await told.body.text()
  if (told.statusCode !== 200) throw new Error(`The token was not taken: ${key}`)
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/doorway`, { headers: { origin } })
  const waiting = new Map<number, (reply: Reply | null) => void>()
  let calls = 0
  const listeners = new Set<(event: string, payload: unknown) => void>()
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => socket.send(JSON.stringify({ key })))
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { welcome?: true; id?: number; reply?: Reply; event?: string; payload?: unknown }
      if (message.event !== undefined) for (const listener of listeners) listener(message.event, message.payload)
      if (message.welcome) resolve()
      if (message.id === undefined) return
      waiting.get(message.id)?.(message.reply ?? null)
      waiting.delete(message.id)
    })
    socket.on('error', reject)
    socket.on('close', () => {
      for (const answer of waiting.values()) answer(null)
      waiting.clear()
      reject(new Error('The doorway was shut.'))
    })
  })
  const bulk = async (method: 'GET' | 'PUT', url: string, body: Uint8Array | null): Promise<Buffer> => {
    const answer = await request(`${origin}${url}`, { method, headers: { authorization: `Bearer ${key}`, origin }, body })
    const bytes = Buffer.from(await answer.body.arrayBuffer())
    if (answer.statusCode >= 300) throw new Error(`${method} ${answer.statusCode}: ${bytes.toString('utf8')}`)
    return bytes
  }
  return {
    home: prepared.home,
    pid: child.pid ?? 0,
    get: (url) => bulk('GET', url, null),
    put: async (url, bytes) => (await bulk('PUT', url, bytes)).toString('utf8'),
    output: () => output,
    async call<M extends MethodName>(method: M, input: Input<M>): Promise<Output<M>> {
      const id = ++calls
      const reply = await new Promise<Reply | null>((resolve) => {
        if (socket.readyState !== WebSocket.OPEN) return resolve(null)
        waiting.set(id, resolve)
        socket.send(JSON.stringify({ id, method, input }))
      })
      if (reply === null) throw new Error('The application has ended.')
      if (!reply.ok) throw Object.assign(new Error(reply.error.message), { code: reply.error.code })
      return reply.value as Output<M>
    },
    on(event, listener) {
      const hear = (name: string, payload: unknown) => {
        if (name === event) listener(payload as Parameters<typeof listener>[0])
      }
      listeners.add(hear)
      return () => listeners.delete(hear)
    },
    async kill() {
      child.kill('SIGKILL')
      await exited(child)
      socket.terminate()
      rmSync(file, { force: true })
    },
    async stop() {
      socket.terminate()
      child.kill('SIGTERM')
      await exited(child)
    },
  }
}
