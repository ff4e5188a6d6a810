import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readScan } from '../../oct/formats/index.ts'
import { bytesSource, readVol } from '../../oct/formats/vol.ts'
import { synthesise } from '../../oct/synth/index.ts'
import { checkScan, parseInWorker } from './parse.ts'

let folder = ''
let url = new URL('file:///')
const signal = new AbortController().signal
const vol = synthesise({ pattern: 'ring', laterality: 'OD', seed: 1, width: 64, height: 64 })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanside-worker-'))
  const outfile = join(folder, 'parse-worker.mjs')
  await build({ entryPoints: [join(import.meta.dirname, 'parse-worker.ts')], bundle: true, format: 'esm', platform: 'node', outfile })
  url = pathToFileURL(outfile)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const worker = async (source: string) => {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.mjs`)
  await writeFile(path, source)
  return pathToFileURL(path)
}

describe('the parsing worker', () => {
  it('reads what the reader reads', async () => {
    expect(await parseInWorker(url)([{ name: '', source: bytesSource(vol) }], signal)).toEqual(await readVol(bytesSource(vol)))
  })

  it('hands on the reader’s sentence for what is no scan', async () => {
    for (const bytes of [new Uint8Array(0), new TextEncoder().encode('hello'), vol.subarray(0, 3000)]) {
      const direct = await readScan([{ name: '', source: bytesSource(bytes) }]).catch((error: unknown) => error)
      await expect(parseInWorker(url)([{ name: '', source: bytesSource(bytes) }], signal)).rejects.toMatchObject({
        message: (direct as Error).message,
      })
    }
  })

  it('is ended when it is cancelled, goes in circles, takes all memory or dies', async () => {
    const abort = new AbortController()
    const silent = await worker("import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => {})")
    const waiting = parseInWorker(silent)([{ name: '', source: bytesSource(vol) }], abort.signal)
    abort.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
    await expect(parseInWorker(await worker('for (;;) {}'), 50)([{ name: '', source: bytesSource(vol) }], signal)).rejects.toMatchObject({
      code: 'timeout',
    })
    const hungry = await worker('const kept = []; for (;;) kept.push(new Array(1e6).fill(kept.length))')
    await expect(parseInWorker(hungry)([{ name: '', source: bytesSource(vol) }], signal)).rejects.toMatchObject({ code: 'invalid-file' })
    await expect(parseInWorker(await worker('process.exit(0)'))([{ name: '', source: bytesSource(vol) }], signal)).rejects.toMatchObject({
      code: 'invalid-file',
    })
    await expect(parseInWorker(await worker('throw new Error()'))([{ name: '', source: bytesSource(vol) }], signal)).rejects.toMatchObject({
      code: 'invalid-file',
    })
  })
})

describe('a parsed scan', () => {
  it('is held against its file', async () => {
    const scan = await readVol(bytesSource(vol))
    const first = scan.frames[0]
    if (!first) throw new Error('no frame')
    expect(checkScan(scan, [vol.length])).toBe(scan)
    expect(() => checkScan(scan, [vol.length - 1])).toThrow('header is damaged')
    const wide = {
      ...first,
      width: 10_000,
      height: 1,
      layers: [],
      pixels: { ...first.pixels, coding: { kind: 'picture', type: 'png', inverted: false } },
    } as const
    expect(() => checkScan({ ...scan, frames: new Array(1_000).fill(wide) }, [vol.length])).not.toThrow()
    expect(() => checkScan({ ...scan, frames: new Array(2_000).fill(wide) }, [vol.length])).toThrow('header is damaged')
    expect(() => checkScan({ ...scan, frames: [{ ...first, width: 1e9 }] }, [vol.length])).toThrow('header is damaged')
    expect(() =>
      checkScan({ ...scan, frames: [{ ...first, pixels: { ...first.pixels, parts: [{ offset: -4, length: 1e6 }] } }] }, [vol.length]),
    ).toThrow()
    expect(() =>
      checkScan({ ...scan, frames: [{ ...first, pixels: { ...first.pixels, parts: [{ offset: 0, length: 4 }] } }] }, [vol.length]),
    ).toThrow()
  })
})
