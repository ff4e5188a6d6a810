import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { methods } from '../preload/contract.ts'
import { createBulk } from './doorway/bulk.ts'
import { type PictureOutlets, pictureTicket, textTicket, writeChosen } from './pictures.ts'

const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3])
const name = 'scanside-od-ring-bscan-1.png'

function desk(chosen = true) {
  const copied: Uint8Array[] = []
  const saved: { name: string; png: Uint8Array }[] = []
  const outlets: PictureOutlets = {
    copy: async (bytes) => void copied.push(bytes),
    save: async (suggested, bytes) => {
      if (chosen) saved.push({ name: suggested, png: bytes })
      return chosen
    },
  }
  const bulk = createBulk(() => undefined)
  const put = (url: string, body: Uint8Array<ArrayBuffer>, method = 'PUT') =>
    bulk.handle(new Request(`http://127.0.0.1${url}`, { method, ...(method === 'PUT' ? { body } : {}) }))
  return { copied, saved, put, ticket: (to: 'clipboard' | 'file', size = png.length) => pictureTicket(outlets, bulk, { size, to, name }).url }
}

describe('a picture by ticket', () => {
  it('goes to the clipboard', async () => {
    const { ticket, put, copied, saved } = desk()
    const answer = await put(ticket('clipboard'), png)
    expect(await answer.json()).toEqual({ done: true })
    expect(copied).toEqual([png])
    expect(saved).toEqual([])
  })

  it('goes to the file a person chooses, under the suggested name', async () => {
    const { ticket, put, saved } = desk()
    expect(await (await put(ticket('file'), png)).json()).toEqual({ done: true })
    expect(saved).toEqual([{ name, png }])
  })

  it('says when no file was chosen', async () => {
    const { ticket, put } = desk(false)
    expect(await (await put(ticket('file'), png)).json()).toEqual({ done: false })
  })

  it('is taken once', async () => {
    const { ticket, put } = desk()
    const url = ticket('clipboard')
    await put(url, png)
    expect((await put(url, png)).status).toBe(404)
  })

  it.each([
    ['longer than promised', Uint8Array.from([...png, 4]), png.length],
    ['shorter than promised', png.slice(0, 9), png.length],
    ['no PNG', new Uint8Array(11).fill(65), 11],
  ])('is refused when %s', async (_, body, size) => {
    const { ticket, put, copied } = desk()
    const answer = await put(ticket('clipboard', size), body)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'invalid-file', message: expect.stringContaining('Nothing was saved') })
    expect(copied).toEqual([])
  })

  it('is the browser’s own business where there is no outlet', () => {
    const bulk = createBulk(() => undefined)
    expect(() => pictureTicket(null, bulk, { size: 1, to: 'file', name })).toThrow(expect.objectContaining({ code: 'not-supported' }))
  })

  it.each([
    [name, true],
    ['scanside-compare-od-ring-bscan-12.png', true],
    ['../scanside-od.png', false],
    ['scanside-P-0142.png', false],
    ['Müller.png', false],
  ])('%s may be suggested: %s', (suggested, allowed) => {
    expect(methods['app.pictureTicket'].input.safeParse({ size: 10, to: 'file', name: suggested }).success).toBe(allowed)
  })
  it('is at most 20 MB', () => {
    expect(methods['app.pictureTicket'].input.safeParse({ size: 20_000_001, to: 'file', name }).success).toBe(false)
  })

  it('takes the receipts of many years as well, as far as scanside-verify reads them', () => {
    const ticket = (size: number) => methods['app.textTicket'].input.safeParse({ size, name: 'scanside-audit-20261123-0505.json' }).success
    // 100,000 runs with a receipt and four lines each.
    expect(ticket(100_000 * 4_500)).toBe(true)
    expect(ticket(2 ** 29)).toBe(false)
  })
})

describe('writing a picture', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scanside-picture-'))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('leaves the file and nothing else', async () => {
    await writeChosen(join(folder, 'a.png'), png)
    expect(readdirSync(folder)).toEqual(['a.png'])
    expect(new Uint8Array(readFileSync(join(folder, 'a.png')))).toEqual(png)
  })
  it('tells what went wrong without the path', async () => {
    const gone = join(folder, 'Mueller', 'a.png')
    await expect(writeChosen(gone, png)).rejects.toSatisfy(
      (error: Error & { code: string; details: object }) =>
        error.code === 'internal' && !JSON.stringify([error.message, error.details]).includes('Mueller'),
    )
  })
})

describe('a text by ticket', () => {
  const text = new TextEncoder().encode('ok\n')
  const ticket = (outlets: Pick<PictureOutlets, 'save'> | null, bulk: ReturnType<typeof createBulk>) =>
    textTicket(outlets, bulk, { size: text.length, name: 'scanside-report.txt' }).url

  it('goes whole to the file a person chooses, once', async () => {
    const saved: [string, string][] = []
    const bulk = createBulk(() => undefined)
    const save = async (suggested: string, bytes: Uint8Array) => saved.push([suggested, new TextDecoder().decode(bytes)]) > 0
    const url = ticket({ save }, bulk)
    const put = (body: Uint8Array<ArrayBuffer>) => bulk.handle(new Request(`http://127.0.0.1${url}`, { method: 'PUT', body }))
    expect(await (await put(text)).json()).toEqual({ done: true })
    expect((await put(text)).status).toBe(404)
    expect(saved).toEqual([['scanside-report.txt', 'ok\n']])
    const short = ticket({ save }, bulk)
    expect((await bulk.handle(new Request(`http://127.0.0.1${short}`, { method: 'PUT', body: text.slice(1) }))).status).toBe(400)
    expect(saved).toHaveLength(1)
  })

  it('is left to the page in a browser', () =>
    expect(() =>
      ticket(
        null,
        createBulk(() => undefined),
      ),
    ).toThrow(/page itself/))
})
