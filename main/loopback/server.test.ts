import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { createBulk } from '../doorway/bulk.ts'
import { createGate } from './gate.ts'
import { serveLoopback } from './server.ts'

let front: Awaited<ReturnType<typeof serveLoopback>>
let key: string
let windows: number[]
const origin = () => `http://127.0.0.1:${front.port}`

beforeEach(async () => {
  const counts: number[] = []
  windows = counts
  const gate = createGate(() => 0)
  key = gate.exchange(gate.issue()) ?? ''
  front = await serveLoopback({
    gate,
    files: () => new Response('page'),
    bulk: createBulk(() => undefined),
    dispatch: (method) => (method === 'long' ? new Promise(() => undefined) : Promise.resolve({ ok: true as const, value: method })),
    subscribe: () => () => undefined,
    onWindows: (open) => counts.push(open),
  })
})
afterEach(() => front.stop())

const dial = async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${front.port}/doorway`, { origin: origin() })
  await new Promise((resolve) => socket.once('open', resolve))
  return socket
}
const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.once('close', resolve))

describe('what strangers send', () => {
  it.each([
    ['more than a key before the key', (socket: WebSocket) => socket.send('x'.repeat(4_000_000)), 1009],
    ['a message larger than any', (socket: WebSocket) => socket.send('x'.repeat(5 * 1024 * 1024)), 1009],
    ['no key', (socket: WebSocket) => socket.send('{"method":"app.snapshot","id":1}'), 4401],
    ['a wrong key', (socket: WebSocket) => socket.send(JSON.stringify({ key: 'x'.repeat(43) })), 4401],
    ['no JSON', (socket: WebSocket) => socket.send('{'), 4401],
  ])('closes the connection on %s, and goes on', async (_what, send, code) => {
    const stranger = await dial()
    stranger.on('error', () => undefined)
    const end = closed(stranger)
    send(stranger)
    expect(await end).toBe(code)
    expect(windows).toEqual([])

    const window = await dial()
    const answers: unknown[] = []
    window.on('message', (data) => answers.push(JSON.parse(String(data))))
    window.send(JSON.stringify({ key }))
    window.send(JSON.stringify({ id: 7, method: 'app.snapshot' }))
    await vi.waitFor(() => expect(answers).toContainEqual({ id: 7, reply: { ok: true, value: 'app.snapshot' } }))
    expect(windows).toEqual([1])
  })

  it('takes only so many calls at once from a window, and refuses the rest with a sentence', async () => {
    const window = await dial()
    const answers: { id?: number; reply?: { ok: boolean; error?: { code: string } } }[] = []
    window.on('message', (data) => answers.push(JSON.parse(String(data))))
    window.send(JSON.stringify({ key }))
    await vi.waitFor(() => expect(answers).toContainEqual({ welcome: true }), 20_000)
    for (let id = 0; id < 300; id++) window.send(JSON.stringify({ id, method: 'long' }))
    await vi.waitFor(() => expect(answers.filter(({ reply }) => reply?.error?.code === 'quota')).toHaveLength(44), 20_000)
    expect(answers.find(({ id }) => id === 255)).toBeUndefined()
    expect(answers.find(({ id }) => id === 256)).toBeDefined()
  })

  it('outlives connections that break off in the middle of the handshake', async () => {
    for (const who of [origin(), 'http://elsewhere.example']) {
      const raw = connect(front.port, '127.0.0.1')
      raw.on('error', () => undefined)
      const head = `GET /doorway HTTP/1.1\r\nHost: 127.0.0.1:${front.port}\r\nOrigin: ${who}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`
      raw.write(`${head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`)
      await new Promise((resolve) => raw.once('data', resolve))
      // Half a frame, then nothing but a reset.
      raw.write(Buffer.from([0x81, 0xfe]))
      raw.resetAndDestroy()
    }
    expect((await fetch(`${origin()}/`)).status).toBe(200)
  })

  it('stops although a refused connection is never closed by its other end', async () => {
    const raw = connect({ port: front.port, host: '127.0.0.1', allowHalfOpen: true })
    raw.on('error', () => undefined)
    raw.write('GET /doorway HTTP/1.1\r\nHost: elsewhere\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    await new Promise((resolve) => raw.once('data', resolve))
    await front.stop()
    raw.destroy()
    front = { port: 0, stop: async () => undefined }
  })

  it('lets nobody in by another name or from another page', async () => {
    const bulk = await fetch(`${origin()}/bulk/${'a'.repeat(32)}`)
    expect(bulk.status).toBe(401)
    const exchange = await fetch(`${origin()}/session`, { method: 'POST', headers: { origin: 'http://elsewhere.example' }, body: 'x' })
    expect(exchange.status).toBe(403)
    const rebound = new WebSocket(`ws://127.0.0.1:${front.port}/doorway`, { origin: origin(), headers: { host: `rebound.example:${front.port}` } })
    const refused = await new Promise<Error>((resolve) => rebound.once('error', resolve))
    expect(refused.message).toContain('403')
  })
})
