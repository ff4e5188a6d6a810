/** The built application's loopback front as a process of its own, and what an attacker on this machine can reach it with: raw bytes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import WebSocket from 'ws'
import type { Reply } from '../../preload/contract.ts'
import { prepareHome, root } from '../support/application.ts'

/** A window: a WebSocket to the doorway that has shown the key. */
export interface DoorWindow {
  socket: WebSocket
  /** @throws Error where no answer comes within 20 s */
  call(method: unknown, input?: unknown): Promise<Reply>
  close(): void
}

export interface Front {
  port: number
  origin: string
  key: string
  /** One that was exchanged already, and one that died unused. */
  tokens: { used: string; expired: string }
  window: DoorWindow
  home: string
  /** What has been refused so far: requests and messages. */
  counted: { requests: number; messages: number }
  /** Sends bytes on a connection of its own and answers what comes back until it ends, at most for `forMs`. */
  raw(bytes: string | Uint8Array, forMs?: number): Promise<string>
  /** Resident memory, MiB. */
  memory(): number
  dial(headers?: Record<string, string>, open?: (socket: WebSocket) => void): Promise<WebSocket>
  enter(): Promise<DoorWindow>
  /** @throws Error unless the window is still answered, the page still served and the process still the same */
  alive(): Promise<void>
  stop(): Promise<void>
}

const tokenIn = (file: string) => /#([A-Za-z0-9_-]{43})"/.exec(readFileSync(file, 'utf8'))?.[1] ?? ''

export async function startFront(): Promise<Front> {
  const { home, env } = prepareHome(null)
  const child: ChildProcess = spawn(process.execPath, [join(root, 'out', 'main', 'loopback.js')], {
    env: { ...process.env, ...env, HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout?.on('data', (data) => (output += String(data)))
  child.stderr?.on('data', (data) => (output += String(data)))
  for (let looked = 0; looked < 1_200 && !output.includes('Scanside is ready') && child.exitCode === null; looked++) await pause(50)
  const name = readdirSync(home).find((one) => /^scanside-\d+\.html$/.test(one))
  if (!name) throw new Error(`The application did not start:\n${output.slice(-2_000)}`)
  const file = join(home, name)
  const port = Number(/\d+/.exec(name)?.[0])
  const origin = `http://127.0.0.1:${port}`
  const counted = { requests: 0, messages: 0 }

  const raw = (bytes: string | Uint8Array, forMs = 5_000) =>
    new Promise<string>((resolve) => {
      counted.requests += 1
      const socket = connect({ port, host: '127.0.0.1' })
      let heard = ''
      const tell = () => {
        socket.destroy()
        resolve(heard)
      }
      const enough = setTimeout(tell, forMs)
      socket.on('data', (data) => (heard += data.toString('latin1')))
      socket.on('error', () => undefined)
      socket.once('close', () => {
        clearTimeout(enough)
        resolve(heard)
      })
      socket.write(bytes)
    })

  const dial = async (headers: Record<string, string> = {}, prepare?: (socket: WebSocket) => void) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/doorway`, { headers: { origin, ...headers }, perMessageDeflate: false })
    socket.on('error', () => undefined)
    prepare?.(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve())
      socket.once('close', () => reject(new Error('refused')))
    })
    return socket
  }

  // A token that is not used is followed by the next one two seconds before it dies.
  const expired = tokenIn(file)
  for (let looked = 0; looked < 400 && tokenIn(file) === expired; looked++) await pause(50)
  const used = tokenIn(file)
  const exchange = (token: string) =>
    `POST /session HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${origin}\r\nContent-Length: ${token.length}\r\nConnection: close\r\n\r\n${token}`
  await pause(2_500)
  mustRefuse(await raw(exchange(expired)))
  const key = /\r\n\r\n(?:2b\r\n)?([A-Za-z0-9_-]{43})/.exec(await raw(exchange(used)))?.[1] ?? ''

  const enter = async (): Promise<DoorWindow> => {
    const socket = await dial()
    const waiting = new Map<number, (reply: Reply) => void>()
    let calls = 0
    await new Promise<void>((resolve, reject) => {
      socket.once('close', () => reject(new Error('The key was not taken.')))
      socket.on('message', (data) => {
        const message = JSON.parse(String(data)) as { welcome?: true; id?: number; reply?: Reply }
        if (message.welcome) resolve()
        if (message.id === undefined || !message.reply) return
        waiting.get(message.id)?.(message.reply)
        waiting.delete(message.id)
      })
      socket.send(JSON.stringify({ key }))
    })
    return {
      socket,
      call: (method, input) =>
        new Promise<Reply>((resolve, reject) => {
          calls += 1
          const id = calls
          const tooLong = setTimeout(() => reject(new Error(`No answer to ${String(method)}.`)), 20_000)
          waiting.set(id, (reply) => {
            clearTimeout(tooLong)
            resolve(reply)
          })
          socket.send(JSON.stringify({ id, method, input }))
        }),
      close: () => socket.terminate(),
    }
  }
  const window = await enter()

  return {
    port,
    origin,
    key,
    tokens: { used, expired },
    window,
    home,
    counted,
    raw,
    dial,
    enter,
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    async alive() {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The application has ended:\n${output.slice(-2_000)}`)
      const reply = await window.call('app.snapshot')
      if (!reply.ok) throw new Error(`The window is not answered: ${reply.error.message}`)
      counted.requests -= 1
      const page = await raw(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`)
      if (!page.startsWith('HTTP/1.1 200')) throw new Error(`The page is not served: ${page.slice(0, 200)}`)
    },
    async stop() {
      window.close()
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve))
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** Status lines of everything that came back; an ended connection without a word is a refusal as well. */
export const statuses = (answer: string): number[] => [...answer.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map((one) => Number(one[1]))

/** @throws Error unless every answer refuses (400 to 499), or there is none */
export function mustRefuse(answer: string, secrets: string[] = []): void {
  const bad = statuses(answer).filter((status) => status < 400 || status >= 500)
  if (bad.length > 0) throw new Error(`Not refused: ${answer.slice(0, 300)}`)
  if (secrets.some((secret) => secret !== '' && answer.includes(secret))) throw new Error('The refusal tells a secret.')
  if (/at \S+ \(?(?:file:|node:|\/)/.test(answer)) throw new Error('The refusal shows a stack.')
}
