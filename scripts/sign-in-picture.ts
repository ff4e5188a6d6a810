/**
 * Makes the picture beside the sign-in form from a generated scan: SLO and B-scan as WebP, ring and layer lines as points.
 * Run by hand when the generator changes: `tsx scripts/sign-in-picture.ts`. Chromium encodes the pixels.
 */
import { writeFile } from 'node:fs/promises'
import { chromium } from '@playwright/test'
import { bytesSource, readFrame, readSlo, readVol, toDisplay } from '../oct/formats/vol.ts'
import { synthesise } from '../oct/synth/index.ts'

const folder = new URL('../renderer/features/sign-in/', import.meta.url)
const layers = ['ILM', 'RNFL', 'BM']
/** A-scans between two points of a drawn layer line. */
const step = 4
/** Rows of the B-scan above the ILM and below BM that are shown. */
const margin = 70

const source = bytesSource(synthesise({ pattern: 'ring', laterality: 'OD', seed: 11 }))
const scan = await readVol(source)
const [frame] = scan.frames
if (!frame || !scan.slo || frame.location.kind !== 'ring') throw new Error('the generator gave no ring scan')
const { location } = frame
const { slo } = scan
const rows = (name: string): number[] => [...(frame.layers.find((layer) => layer.name === name)?.rows ?? [])]
const finite = layers.flatMap(rows).filter(Number.isFinite)
const top = Math.max(0, Math.floor(Math.min(...finite)) - margin)
const height = Math.min(scan.height, Math.ceil(Math.max(...finite)) + margin) - top

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
const page = await browser.newPage()

/** Grey pixels, row by row, as WebP. */
async function encode(grey: Uint8Array | Uint8ClampedArray, width: number, rowCount: number): Promise<Buffer> {
  const base64 = await page.evaluate(
    `(async (pixels, width, height) => {
      const canvas = new OffscreenCanvas(width, height)
      const image = new ImageData(width, height)
      const grey = Uint8Array.from(atob(pixels), (c) => c.charCodeAt(0))
      for (let i = 0; i < grey.length; i++) image.data.set([grey[i], grey[i], grey[i], 255], i * 4)
      canvas.getContext('2d').putImageData(image, 0, 0)
      const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.72 })
      const bytes = new Uint8Array(await blob.arrayBuffer())
      let text = ''
      for (const byte of bytes) text += String.fromCharCode(byte)
      return btoa(text)
    })('${Buffer.from(grey).toString('base64')}', ${width}, ${rowCount})`,
  )
  return Buffer.from(String(base64), 'base64')
}

const bscan = toDisplay(await readFrame(source, scan, 0)).subarray(top * scan.width, (top + height) * scan.width)
await writeFile(new URL('picture-slo.webp', folder), await encode(await readSlo(source, scan), slo.width, slo.height))
await writeFile(new URL('picture-bscan.webp', folder), await encode(bscan, scan.width, height))
await browser.close()

const points = (name: string) =>
  rows(name)
    .map((row, column) => ({ row, column }))
    .filter(({ row, column }) => Number.isFinite(row) && (column % step === 0 || column === scan.width - 1))
    .map(({ row, column }) => `${column},${(row - top).toFixed(1)}`)
    .join(' ')
const drawing = {
  slo: { width: slo.width, height: slo.height },
  ring: { x: location.centre.x / slo.spacing.x, y: location.centre.y / slo.spacing.y, radius: location.radius / slo.spacing.x },
  bscan: { width: scan.width, height },
  layers: layers.map((name) => ({ name: name.toLowerCase(), points: points(name) })),
}
await writeFile(new URL('picture.json', folder), `${JSON.stringify(drawing, null, 2)}\n`)
