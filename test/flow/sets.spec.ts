/** Scans that are more than one file: an export with its pictures, DICOM with its picture, several dropped at once; and what is no scan. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { writeHeyexXml } from '../../oct/formats/heyex-xml/write.ts'
import { synthesise } from '../../oct/synth/index.ts'
import { filesWith, type RunningApplication, startApplication } from '../support/application.ts'
import { startArchive, type TestArchive } from '../support/demo.ts'
import { openSession, signIn, watchComplaints } from '../support/lab-page.ts'

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

const sessions: [subject: string, session: string, scans: number][] = [
  ['F-PATTERNS', 'F-PATTERNS_V01', 5],
  ['F-FORMATS', 'F-FORMATS_DICOM', 2],
  ['F-FORMATS', 'F-FORMATS_XML', 1],
  ['F-FORMATS', 'F-FORMATS_E2E', 1],
]
for (const [subject, session, scans] of sessions) {
  test(`every scan of ${session} is shown`, async ({ page }) => {
    const complaints = watchComplaints(page)
    await page.goto(app.address())
    await signIn(page, 'demo', 'demo')
    await openSession(page, 'DEMO-FORMATS', subject, session)
    for (let scan = 1; scan <= scans; scan++) {
      await page
        .getByRole('row')
        .filter({ has: page.getByText(`Scan ${scan}`, { exact: true }) })
        .dblclick()
      await expect(page.getByRole('region', { name: 'B-scan' })).toBeVisible()
      await expect(page.getByRole('region', { name: 'SLO' })).toBeVisible()
      await expect(page.getByRole('alert')).toHaveCount(0)
      await page.keyboard.press('Escape')
      await expect(page.getByRole('treegrid')).toBeVisible()
    }
    expect(complaints).toEqual([])
  })
}

type Given = { name: string; mimeType: string; buffer: Buffer }
const given = (name: string, bytes: Uint8Array): Given => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) })
async function choose(page: Page, files: Given[]): Promise<void> {
  await page.getByRole('button', { name: 'Archive', exact: true }).click()
  await page.locator('input[type=file]').first().setInputFiles(files)
}

const small = { width: 96, height: 64 }
const grey = (width: number, height: number) => Uint8Array.from({ length: width * height }, (_, i) => (i * 13) & 255)
const prefix = 'Mustermann_Erika_'
const exported = writeHeyexXml({
  pattern: 'volume',
  laterality: 'OD',
  spacing: { lateral: 0.06, axial: 0.004 },
  frames: Array.from({ length: 7 }, (_, i) => ({
    ...small,
    pixels: grey(small.width, small.height),
    location: { kind: 'line', start: { x: 1, y: 7 - i * 0.2 }, end: { x: 7, y: 7 - i * 0.2 } },
  })),
  pictures: { type: 'png' },
  slo: { width: 90, height: 80, pixels: grey(90, 80), spacing: { x: 0.1, y: 0.1 } },
  prefix,
}).map(({ name, bytes }) => given(name, bytes))

test('an export is opened with its pictures, and its names are written nowhere', async ({ page }) => {
  await page.goto(app.address())
  await choose(page, exported)
  await expect(page.getByRole('region', { name: 'B-scan' })).toBeVisible()
  await expect(page.getByRole('slider', { name: 'B-scan shown' })).toHaveAttribute('aria-valuemax', '7')
  expect(await page.content()).not.toContain(prefix)
  expect(app.output()).not.toContain(prefix)
  expect(filesWith(app.home, prefix)).toEqual([])
})

test('the folder of an export is dropped as it is', async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), 'scanside-export-'))
  try {
    mkdirSync(join(folder, 'pictures'))
    for (const [index, { name, buffer }] of exported.entries()) writeFileSync(join(folder, index === 0 ? '' : 'pictures', name), buffer)
    writeFileSync(join(folder, 'Readme.txt'), 'Dear colleague')
    await page.goto(app.address())
    await page.getByRole('button', { name: 'Archive', exact: true }).click()
    const browser = await page.context().newCDPSession(page)
    const data = { items: [], files: [folder], dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await browser.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data })
    await expect(page.getByRole('slider', { name: 'B-scan shown' })).toHaveAttribute('aria-valuemax', '7')
    expect(filesWith(app.home, prefix)).toEqual([])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('several scans lie beside each other', async ({ page }) => {
  await page.goto(app.address())
  const ring = (seed: number) => synthesise({ pattern: 'ring', laterality: 'OD', seed, width: 64, height: 64 })
  await choose(page, [given('2.vol', ring(2)), given('1.vol', ring(1)), given('10.vol', ring(3))])
  await expect(page.getByRole('region', { name: 'B-scan' })).toBeVisible()
  await expect(page.getByText('1 of 3')).toBeVisible()
  await page.keyboard.press('Control+ArrowRight')
  await expect(page.getByText('2 of 3')).toBeVisible()
})

test('pictures alone get a sentence', async ({ page }) => {
  await page.goto(app.address())
  await choose(page, exported.slice(1))
  await expect(page.getByRole('alert').first()).toContainText('drop the XML')
})
