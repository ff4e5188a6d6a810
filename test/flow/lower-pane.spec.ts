/** Thickness map, profile and en face below the pictures: numbers that are known beforehand, and the way from a figure to its B-scan. */
import { rmSync } from 'node:fs'
import { expect, type Page, test } from '@playwright/test'
import { type VolContent, writeVol } from '../../oct/formats/vol-write.ts'
import type { Layer } from '../../oct/scan.ts'
import { type RunningApplication, startApplication } from '../support/application.ts'
import { startArchive, type TestArchive } from '../support/demo.ts'
import { signIn, watchComplaints } from '../support/lab-page.ts'

let archive: TestArchive
let app: RunningApplication
test.beforeEach(async () => {
  archive = await startArchive()
  app = await startApplication(archive.site)
})
test.afterEach(async () => {
  await app.stop(true)
  await archive.stop()
  rmSync(app.home, { recursive: true, force: true })
})

const width = 121
const height = 64
const side = 7

/** Rows 10 px from the top, and as many µm below as `um` says; 10 µm a row. */
const layers = (um: (aScan: number) => number): Layer[] => [
  { name: 'ILM', rows: new Float32Array(width).fill(10) },
  { name: 'BM', rows: Float32Array.from({ length: width }, (_, i) => 10 + um(i) / 10) },
  { name: 'RNFL', rows: Float32Array.from({ length: width }, (_, i) => 10 + um(i) / 20) },
]
const common = {
  version: 'HSF-OCT-103',
  laterality: 'OD',
  width,
  height,
  focus: 0,
  slo: { width: 90, height: 90, spacing: { x: 0.1, y: 0.1 }, field: 30, pixels: new Uint8Array(8_100).fill(90) },
} as const satisfies Partial<VolContent>

/** 29 B-scans over 7 x 7 mm of 280 µm everywhere; the device found 275 µm in the middle. B-scan 1 is inferior. */
const volume = writeVol({
  ...common,
  pattern: 'volume',
  spacing: { lateral: side / (width - 1), axial: 0.01, between: 0.25 },
  frames: Array.from({ length: 29 }, (_, i) => ({
    location: { kind: 'line' as const, start: { x: 1, y: 8 - 0.25 * i }, end: { x: 8, y: 8 - 0.25 * i } },
    layers: layers(() => 280),
    render: (into: Float32Array) => into.fill((i / 29) ** 4),
  })),
  grids: [
    {
      kind: 'circular',
      diameters: [1, 3, 6],
      centre: { x: 4.5, y: 4.5 },
      zones: ['C0', 'N1', 'N2', 'S1', 'S2', 'T1', 'T2', 'I1', 'I2'].map((name) => ({ name, thickness: name === 'C0' ? 275 : 281, volume: 0.2 })),
    },
  ],
})

/** A ring of 12 A-scans a sector's worth of which are thicker: 200 µm nasally, 100 µm elsewhere. */
const ring = writeVol({
  ...common,
  pattern: 'ring',
  spacing: { lateral: (2 * Math.PI * 1.8) / width, axial: 0.01, between: 0 },
  frames: [
    {
      location: { kind: 'ring', start: { x: 2.7, y: 4.5 }, centre: { x: 4.5, y: 4.5 }, radius: 1.8 },
      layers: layers((aScan) => ((aScan * 360) / width >= 125 && (aScan * 360) / width < 235 ? 400 : 200)),
      render: (into: Float32Array) => into.fill(0.1),
    },
  ],
})

async function openFile(page: Page, bytes: Uint8Array): Promise<void> {
  await page.getByRole('button', { name: 'Archive', exact: true }).click()
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles([{ name: 'scan.vol', mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) }])
  await expect(page.getByRole('tablist', { name: 'Thickness and en face' })).toBeVisible()
}

test('a volume: map, grid, jump, en face', async ({ page }) => {
  const complaints = watchComplaints(page)
  await page.goto(app.address())
  await signIn(page, 'demo', 'demo')
  await openFile(page, volume)
  const tab = (name: string) => page.getByRole('tab', { name })
  await tab('Thickness map').click()

  const wheel = page.getByRole('img', { name: /C0 280 µm/ })
  for (const sector of ['S1', 'N1', 'I1', 'T1', 'S2', 'N2', 'I2', 'T2']) await expect(wheel).toHaveAccessibleName(new RegExp(`${sector} 280 µm(,|$)`))
  await expect(wheel).toHaveAccessibleName(/7\.92 mm³/)
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'C0' }) })
  await expect(row.getByRole('cell')).toHaveText(['280', '275'])

  // A click near the upper edge: superior, so B-scan 28 of 29.
  const map = page.getByRole('img', { name: /Thickness map: Retina/ })
  const box = await map.boundingBox()
  if (!box) throw new Error('The map has no place.')
  await page.mouse.click(box.x + box.width / 2 + 20, box.y + 16)
  await expect(page.getByText('28 / 29', { exact: true })).toBeVisible()

  // The grid goes where the arrows move it: beyond the scan, a sector is no longer measured enough.
  await page.getByRole('button', { name: /Middle of the ETDRS grid/ }).focus()
  for (let i = 0; i < 12; i++) await page.keyboard.press('Shift+ArrowRight')
  await expect(page.getByRole('img', { name: /N2: no mean, only \d+% measured/ })).toBeVisible()
  await expect(page.getByText('28 / 29', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Grid back' }).click()
  await expect(wheel).toBeVisible()

  await tab('Thickness map').focus()
  await page.keyboard.press('End')
  await expect(tab('En face')).toBeFocused()
  await expect(page.getByRole('img', { name: 'En face: Whole depth' })).toBeVisible()
  await expect(page.getByText(/of 29 B-scans/)).toHaveCount(0)
  await page.getByRole('combobox', { name: 'Slab' }).selectOption('Around BM')
  await expect(page.getByRole('spinbutton', { name: /Upper edge, BM/ })).toHaveValue('-20')
  await expect(page.getByText(/of 29 B-scans/)).toHaveCount(0)
  expect(complaints).toEqual([])
})

test('a ring: sectors in either order, the pane hidden and made higher', async ({ page }) => {
  await page.goto(app.address())
  await signIn(page, 'demo', 'demo')
  await openFile(page, ring)
  const means = page.getByRole('img', { name: 'T 100 µm, TS 100 µm, NS 100 µm, N 200 µm, NI 100 µm, TI 100 µm, G 130 µm' })
  await expect(means).toBeVisible()
  await page.getByRole('button', { name: 'NSTIN' }).click()
  await expect(page.getByRole('tab', { name: 'NSTIN profile' })).toBeVisible()
  await expect(means).toBeVisible()
  await page.getByRole('combobox', { name: 'Lower boundary' }).selectOption('BM')
  await expect(page.getByRole('img', { name: /^T 200 µm.* N 400 µm/ })).toBeVisible()

  const edge = page.getByRole('separator', { name: 'Height of the lower pane' })
  const before = Number(await edge.getAttribute('aria-valuenow'))
  await edge.focus()
  await page.keyboard.press('ArrowUp')
  await expect(edge).toHaveAttribute('aria-valuenow', String(before + 16))
  await page.getByRole('button', { name: 'Hide the lower pane' }).click()
  await expect(page.getByRole('tabpanel')).toHaveCount(0)
  await page.getByRole('button', { name: 'Show the lower pane' }).click()
  await expect(edge).toHaveAttribute('aria-valuenow', String(before + 16))
})
