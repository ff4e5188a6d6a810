/** What comes through the doorway itself: frames that are none, words before the key, methods nobody knows, and wrong inputs for every method there is. */
import type WebSocket from 'ws'
import { type MethodName, methods, type Reply } from '../../preload/contract.ts'
import type { ChaosCase } from './part.ts'
import type { Front } from './part6-front.ts'
import { wrongInputs } from './wrong-inputs.ts'

const closed = (socket: WebSocket) =>
  new Promise<number>((resolve, reject) => {
    const never = setTimeout(() => reject(new Error('The connection was not closed.')), 20_000)
    socket.once('close', (code) => {
      clearTimeout(never)
      resolve(code)
    })
  })

/** @throws Error unless the reply refuses and gives nothing away */
function mustBeRefused(reply: Reply, what: string): void {
  if (reply.ok) throw new Error(`Not refused: ${what}`)
  if (reply.error.code !== 'invalid-argument') throw new Error(`Refused as ${reply.error.code}: ${what}`)
  if (reply.error.message.length > 500 || /\bat \S+:\d+/.test(JSON.stringify(reply))) throw new Error(`Refused with a stack: ${what}`)
}

export function messageCases(front: Front): ChaosCase[] {
  return [...strangers(front), ...frames(front), ...crooked(front), ...everyMethod(front)]
}

/** Before the key. */
function strangers(front: Front): ChaosCase[] {
  const first: [string, () => string | Buffer][] = [
    ['nothing of sense', () => 'hello'],
    ['no JSON', () => '{'],
    ['an empty message', () => ''],
    ['null', () => 'null'],
    ['a list', () => '[]'],
    ['a call', () => '{"id":1,"method":"app.snapshot"}'],
    ['a wrong key', () => JSON.stringify({ key: 'x'.repeat(43) })],
    ['a key that is no text', () => '{"key":{"length":43}}'],
    ['a list of keys', () => JSON.stringify({ key: [front.key] })],
    ['a used token', () => JSON.stringify({ key: front.tokens.used })],
    ['a dead token', () => JSON.stringify({ key: front.tokens.expired })],
    ['a key by prototype', () => `{"__proto__":{"key":${JSON.stringify(front.key)}}}`],
    ['the key in capitals', () => JSON.stringify({ key: front.key.toUpperCase() })],
    ['the key and a NUL', () => JSON.stringify({ key: `${front.key}\0` })],
    ['bytes', () => Buffer.from([0, 255, 1, 254])],
    ['a long message', () => 'x'.repeat(3_000_000)],
    ['a message of 64 MB', () => Buffer.alloc(64 * 1024 * 1024)],
    ['deep nesting', () => '['.repeat(500_000)],
  ]
  return first.map(([what, message]) => ({
    name: `stranger says ${what}`,
    async run() {
      const heard: string[] = []
      const socket = await front.dial({}, (dialled) => dialled.on('message', (data) => heard.push(String(data))))
      front.counted.messages += 1
      const end = closed(socket)
      socket.send(message())
      const code = await end
      if (heard.length > 0) throw new Error(`A stranger was told: ${heard[0]?.slice(0, 100)}`)
      if (![4401, 1009, 1006, 1007].includes(code)) throw new Error(`Closed with ${code}.`)
    },
  }))
}

/** Frames as no browser sends them, from a window that has shown its key: it is closed, the others are not. */
function frames(front: Front): ChaosCase[] {
  const bad: [string, Buffer][] = [
    ['not masked', Buffer.from([0x81, 0x02, 0x68, 0x69])],
    ['of an unknown kind', Buffer.from([0x83, 0x80, 0, 0, 0, 0])],
    ['with reserved bits', Buffer.from([0xf1, 0x80, 0, 0, 0, 0])],
    ['that goes on with nothing', Buffer.from([0x80, 0x80, 0, 0, 0, 0])],
    ['of 8 EB', Buffer.from([0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])],
    ['of 5 MB', Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0x50, 0, 0, 0, 0, 0, 0])],
    ['a ping in pieces', Buffer.from([0x09, 0x80, 0, 0, 0, 0])],
    ['a ping too long', Buffer.from([0x89, 0xfe, 0x00, 0x7e, 0, 0, 0, 0])],
    ['text that is no UTF-8', Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28])],
    ['a close of one byte', Buffer.from([0x88, 0x81, 0, 0, 0, 0, 1])],
    ['a close with a code nobody may send', Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xed])],
  ]
  return bad.map(([what, bytes]) => ({
    name: `frame ${what}`,
    async run() {
      const other = await front.enter()
      front.counted.messages += 1
      const end = closed(other.socket)
      const line = Reflect.get(other.socket, '_socket') as { write(data: Buffer): void }
      line.write(bytes)
      await end
    },
  }))
}

/** Calls that are no calls. */
function crooked(front: Front): ChaosCase[] {
  const names: unknown[] = [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'prototype',
    'app.__proto__',
    'app.snapshot.constructor',
    'App.Snapshot',
    'app.snapshot ',
    ' app.snapshot',
    'app.snapshot\0',
    'app/snapshot',
    '',
    'x'.repeat(100_000),
    'runs.start; drop table runs',
    '../app.snapshot',
    null,
    true,
    0,
    1e308,
    [],
    ['app.snapshot'],
    {},
    { toString: 'app.snapshot' },
  ]
  const cases: ChaosCase[] = names.map((name) => ({
    name: `method ${JSON.stringify(name).slice(0, 40)}`,
    async run() {
      front.counted.messages += 1
      mustBeRefused(await front.window.call(name, {}), `method ${JSON.stringify(name)?.slice(0, 60)}`)
    },
  }))
  const silent = [
    '',
    '{',
    'null',
    '[]',
    '"x"',
    '1',
    '{"method":"app.snapshot"}',
    '{"id":"1","method":"app.snapshot"}',
    '{"id":null}',
    '{"id":{}}',
    '{"id":[1]}',
  ]
  for (const text of silent)
    cases.push({
      name: `message ${text === '' ? 'of nothing' : text}`,
      async run() {
        front.counted.messages += 1
        front.window.socket.send(text)
      },
    })
  const deep: [string, string][] = [
    ['a million lists deep', `{"id":-1,"method":"app.copyText","input":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`],
    ['500,000 objects deep', `{"id":-1,"method":"app.copyText","input":${'{"a":'.repeat(500_000)}1${'}'.repeat(500_000)}}`],
    ['100,000 fields wide', `{"id":-1,"method":"app.copyText","input":{${Array.from({ length: 100_000 }, (_, at) => `"k${at}":1`).join(',')}}}`],
    ['a number of a million digits', `{"id":-1,"method":"app.copyText","input":${'9'.repeat(1_000_000)}}`],
    ['a polluted envelope', '{"id":-1,"__proto__":{"method":"app.snapshot"},"constructor":{"prototype":{"polluted":true}}}'],
  ]
  for (const [what, text] of deep)
    cases.push({
      name: `message ${what}`,
      async run() {
        front.counted.messages += 1
        const other = await front.enter()
        const told = new Promise<Reply>((resolve, reject) => {
          other.socket.on('message', (data) => {
            const message = JSON.parse(String(data)) as { id?: number; reply?: Reply }
            if (message.id === -1 && message.reply) resolve(message.reply)
          })
          other.socket.once('close', () => reject(new Error('The window was closed.')))
        })
        other.socket.send(text)
        mustBeRefused(await told, what)
        other.close()
      },
    })
  return cases
}

/** Wrong inputs for every method of the contract, from its own schema. */
function everyMethod(front: Front): ChaosCase[] {
  return (Object.keys(methods) as MethodName[]).map((name) => ({
    name: `wrong inputs of ${name}`,
    async run() {
      const inputs = wrongInputs(methods[name].input, 60)
      if (inputs.length < 10) throw new Error(`Only ${inputs.length} wrong inputs were found.`)
      front.counted.messages += inputs.length
      const replies = await Promise.all(inputs.map((input) => front.window.call(name, input)))
      for (const [at, reply] of replies.entries()) mustBeRefused(reply, `${name} with ${JSON.stringify(inputs[at])?.slice(0, 120)}`)
    },
  }))
}
