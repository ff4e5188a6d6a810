/** Many at once, and very slow: the window is answered all the same, and memory stays bounded. */
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { ChaosCase } from './part.ts'
import type { Front } from './part6-front.ts'

/** What a flood may cost while it lasts, MiB of resident memory over what there was before it. */
const mayCost = 400

export function floodCases(front: Front): ChaosCase[] {
  const during = async (attack: () => Promise<void>) => {
    const before = front.memory()
    await attack()
    await front.alive()
    const cost = front.memory() - before
    if (cost > mayCost) throw new Error(`It cost ${Math.round(cost)} MiB.`)
  }
  const open = (count: number, each: (socket: Socket, at: number) => void) =>
    Array.from({ length: count }, (_, at) => {
      const socket = connect({ port: front.port, host: '127.0.0.1' })
      socket.on('error', () => undefined)
      // An end is heard only by who reads.
      socket.resume()
      socket.once('connect', () => each(socket, at))
      return socket
    })
  const gone = async (sockets: Socket[]) => {
    for (let looked = 0; looked < 600 && sockets.some((socket) => !socket.closed); looked++) await pause(100)
    const left = sockets.filter((socket) => !socket.closed).length
    for (const socket of sockets) socket.destroy()
    if (left > 0) throw new Error(`${left} connections were never ended.`)
  }
  const host = `Host: 127.0.0.1:${front.port}\r\n`
  const handshake = `GET /doorway HTTP/1.1\r\n${host}Origin: ${front.origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`

  const flood = (name: string, attack: () => Promise<void>): ChaosCase => ({ name: `flood: ${name}`, run: () => during(attack) })
  return [
    flood('2,000 connections that say nothing', async () => {
      front.counted.requests += 2_000
      const sockets = open(2_000, () => undefined)
      await pause(500)
      await front.alive()
      await gone(sockets)
    }),
    flood('500 requests, a byte at a time', async () => {
      front.counted.requests += 500
      const sockets = open(500, (socket, at) => {
        const drip = setInterval(() => (socket.writable ? socket.write(at % 2 === 0 ? 'G' : 'X-A: b\r\n') : clearInterval(drip)), 200)
        socket.once('close', () => clearInterval(drip))
        if (at % 2 === 1) socket.write(`GET / HTTP/1.1\r\n${host}`)
      })
      await pause(500)
      await front.alive()
      await gone(sockets)
    }),
    flood('200 tokens that never come whole', async () => {
      front.counted.requests += 200
      const sockets = open(200, (socket) => socket.write(`POST /session HTTP/1.1\r\n${host}Origin: ${front.origin}\r\nContent-Length: 43\r\n\r\nx`))
      await pause(500)
      await front.alive()
      await gone(sockets)
    }),
    flood('300 doorways that never show a key', async () => {
      front.counted.requests += 300
      const sockets = open(300, (socket) => socket.write(handshake))
      await pause(500)
      await front.alive()
      await gone(sockets)
    }),
    flood('100 strangers with 3 MB each', async () => {
      front.counted.messages += 100
      const head = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0x30, 0, 0, 0, 0, 0, 0])
      const sockets = open(100, (socket) => {
        socket.write(handshake)
        socket.once('data', () => socket.write(Buffer.concat([head, Buffer.alloc(2_900_000)])))
      })
      await gone(sockets)
    }),
    flood('5,000 requests for the page under a wrong name', async () => {
      for (let round = 0; round < 50; round++)
        await Promise.all(Array.from({ length: 100 }, () => front.raw('GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')))
    }),
    flood('50,000 unknown calls of one window', async () => {
      const other = await front.enter()
      front.counted.messages += 50_000
      for (let round = 0; round < 50; round++) await Promise.all(Array.from({ length: 1_000 }, () => other.call('no.such', {})))
      other.close()
    }),
    flood('100,000 calls of a window that never reads', async () => {
      const other = await front.enter()
      front.counted.messages += 100_000
      other.socket.pause()
      const end = new Promise((resolve) => other.socket.once('close', resolve))
      for (let at = 0; at < 100_000 && other.socket.readyState === other.socket.OPEN; at++) {
        other.socket.send(JSON.stringify({ id: at, method: 'app.snapshot' }))
        if (at % 500 === 0) await pause(1)
      }
      other.socket.terminate()
      await end
    }),
    flood('60 windows at once', async () => {
      const others = await Promise.all(Array.from({ length: 60 }, () => front.enter()))
      const replies = await Promise.all(others.map((other) => other.call('app.snapshot')))
      if (replies.some((reply) => !reply.ok)) throw new Error('A window was not answered.')
      for (const other of others) other.close()
    }),
    flood('1,000 connections that are reset in the middle', async () => {
      front.counted.requests += 1_000
      for (let round = 0; round < 10; round++) {
        const sockets = open(100, (socket, at) => {
          socket.write(
            at % 2 === 0
              ? handshake
              : `PUT /bulk/${'a'.repeat(32)} HTTP/1.1\r\n${host}Authorization: Bearer ${front.key}\r\nContent-Length: 1000\r\n\r\nx`,
          )
          setImmediate(() => socket.resetAndDestroy())
        })
        await gone(sockets)
      }
    }),
  ]
}
