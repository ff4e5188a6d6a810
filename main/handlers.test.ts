import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it, vi } from 'vitest'
import type { Operation } from '../preload/contract.ts'
import { createBulk } from './doorway/bulk.ts'
import { createHandlers, type HandlerParts } from './handlers.ts'
import { createOperations } from './operations.ts'

/** The doorway of image uploads over an engine that does with the bytes what `load` does; nothing else is asked of the other parts. */
function uploads(load: (bytes: Readable, signal: AbortSignal) => Promise<{ names: string[] }>) {
  const told: Operation[] = []
  const bulk = createBulk(() => undefined)
  const operations = createOperations(
    (operation) => told.push(operation),
    () => 'failed',
    () => 0,
  )
  const engine = { needed: () => ({ images: { load } }) }
  const room = { handlers: {} }
  const rooms = { people: room, inbox: room, grading: room, outbox: room, offline: room, diagnostics: room }
  const handlers = createHandlers({ bulk, operations, engine, ...rooms } as unknown as HandlerParts)
  const put = (url: string, body: ReadableStream | string) =>
    bulk.handle(new Request(`http://127.0.0.1${url}`, { method: 'PUT', body, duplex: 'half' } as RequestInit))
  const ended = (id: string) => vi.waitFor(() => expect(told.find((one) => one.id === id && one.state !== 'running')).toBeDefined())
  const last = () => told.at(-1)?.state
  return { handlers, put, ended, last }
}

describe('an image from a file', () => {
  it('goes to the engine as it comes', async () => {
    let got = ''
    const { handlers, put, ended, last } = uploads(async (bytes) => {
      got = String(await buffer(bytes))
      return { names: ['an/image:1'] }
    })
    const { url, operation } = await handlers['pipelines.loadTicket']({ size: 5 })
    expect((await put(url, 'bytes')).status).toBe(204)
    await ended(operation)
    expect([got, last()]).toEqual(['bytes', 'done'])
  })

  it('is answered, not left waiting, where it was cancelled before it came', async () => {
    const { handlers, put, ended, last } = uploads(() => Promise.reject(new Error('not asked')))
    const { url, operation } = await handlers['pipelines.loadTicket']({ size: 5 })
    await new Promise((resolve) => setImmediate(resolve))
    await handlers['operations.cancel']({ operation })
    await ended(operation)
    expect(last()).toBe('cancelled')
    expect((await put(url, 'bytes')).status).toBe(404)
  })

  it('is answered where the engine stops reading', async () => {
    const { handlers, put, ended, last } = uploads(() => Promise.reject(new Error('the engine went away')))
    const { url, operation } = await handlers['pipelines.loadTicket']({ size: 5 })
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1024)) })
    expect((await put(url, endless)).status).toBe(204)
    await ended(operation)
    expect(last()).toBe('failed')
  })

  it('ends nothing where the sender breaks off before anybody reads', async () => {
    const { handlers, put } = uploads(() => new Promise(() => undefined))
    const { url } = await handlers['pipelines.loadTicket']({ size: 5 })
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error('connection reset')) })
    expect((await put(url, broken)).status).toBe(204)
  })
})

describe('a scan of the Inbox', () => {
  const visit = { patient: 'P-0142', visit: 'V02', slots: [{ attempts: ['a'] }] }
  const store = { get: () => ({ scans: [{ id: 'a', local: 'set' }], visits: [visit] }) }
  const desk = (parts: object, locked = () => false) =>
    createHandlers({
      people: { handlers: {}, locked },
      inbox: { handlers: {}, store },
      grading: { handlers: {}, opened: () => undefined },
      outbox: { handlers: {} },
      offline: { handlers: {} },
      diagnostics: { handlers: {} },
      ...parts,
    } as unknown as HandlerParts)
  const run = { pipeline: 'p', values: {}, subject: '1 scan, P-0142 / V02' }

  it('keeps the device’s patient and visit out of a run, whatever the window calls it', async () => {
    const start = vi.fn(async (_input: object) => ({ runs: [] }))
    const handlers = desk({ runs: { start } })
    await handlers['runs.start']({ ...run, refs: [{ kind: 'local', local: 'set' }] })
    expect(start).toHaveBeenLastCalledWith(expect.objectContaining({ subject: '1 scan' }))
    await handlers['runs.start']({ ...run, subject: 'dropped file', refs: [{ kind: 'local', local: 'another' }] })
    expect(start).toHaveBeenLastCalledWith(expect.objectContaining({ subject: 'dropped file' }))
  })

  it('is not opened where the desk was locked meanwhile, and starts no run', async () => {
    let locked = false
    const close = vi.fn(async () => undefined)
    const open = async () => {
      locked = true
      return { bulk: '/bulk/x' }
    }
    const operations = createOperations(
      () => undefined,
      () => '',
      () => 0,
    )
    const handlers = desk({ scans: { open, close }, operations, runs: {} }, () => locked)
    const asked = { ref: { kind: 'local', local: 'set' }, operation: 'o' } as const
    await expect(handlers['scans.open'](asked)).rejects.toMatchObject({ code: 'forbidden' })
    expect(close).toHaveBeenCalledWith('/bulk/x')
    expect(() => handlers['runs.start']({ ...run, refs: [] })).toThrow('locked')
    // Nor are subjects listed.
    expect(() => handlers['runs.list']({ offset: 0, limit: 1 })).toThrow('locked')
    expect(() => handlers['runs.get']({ run: 'r' })).toThrow('locked')
    await expect(handlers['archive.scans']({ project: 'p', session: 's' })).rejects.toThrow('locked')
  })
})
