/** Every decoder in the real window, under its CSP: DICOM of each compression is seen, and the console has nothing to say. */
import { expect, test } from '@playwright/test'
import { encodeJpegLossless } from '../../oct/formats/dicom/jpeg-lossless-write.ts'
import type { SyntaxName } from '../../oct/formats/dicom/syntaxes.ts'
import { writeDicom } from '../../oct/formats/dicom/write.ts'
import { type RunningApplication, startApplication } from '../support/application.ts'
import { encodeHtj2k, encodeJ2k, encodeJpeg, encodeJpegLs } from '../support/codecs.ts'
import { watchComplaints } from '../support/lab-page.ts'

const size = { width: 96, height: 64 }
const grey = Uint8Array.from({ length: size.width * size.height }, (_, i) => 128 + 100 * Math.sin((i % 96) / 9) * Math.cos(i / 900))
const shape = { ...size, bits: 8 }
const kinds: [SyntaxName, () => Promise<Uint8Array> | Uint8Array][] = [
  ['jpeg-2000-lossless', () => encodeJ2k(grey, { ...shape, lossless: true })],
  ['htj2k-lossless', () => encodeHtj2k(grey, { ...shape, lossless: true })],
  ['jpeg-ls', () => encodeJpegLs(grey, { ...shape, near: 0 })],
  ['jpeg', () => encodeJpeg(grey, { ...size, quality: 90 })],
  ['jpeg-lossless-sv1', () => encodeJpegLossless(grey, shape)],
]

let app: RunningApplication
test.beforeEach(async () => {
  app = await startApplication(null)
})
test.afterEach(async () => {
  await app.stop()
})

for (const [syntax, encode] of kinds) {
  test(`${syntax} is seen`, async ({ page }) => {
    const coded = await encode()
    const complaints = watchComplaints(page)
    await page.goto(app.address())
    await page.getByRole('button', { name: 'Archive', exact: true }).click()
    const file = writeDicom({ kind: 'opt', syntax, ...size, frames: 3, laterality: 'R', frame: () => grey, encode: () => coded })
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({ name: 'x.dcm', mimeType: 'application/octet-stream', buffer: Buffer.from(file) })
    await expect(page.getByRole('region', { name: 'B-scan' }).first()).toBeVisible()
    await expect.poll(() => page.evaluate(() => performance.getEntriesByName('viewer:all-decoded').length)).toBeGreaterThan(0)
    await expect(page.getByRole('alert')).toHaveCount(0)
    expect(complaints).toEqual([])
  })
}
