/** What must not be believed, shown or leaked: damaged files, names that identify. */
import { expect, type Page, test } from '@playwright/test'
import { synthesise } from '../../oct/synth/index.ts'
import { filesWith, type RunningApplication, startApplication } from '../support/application.ts'
import { managedThings } from '../support/engine.ts'

const marker = 'Mustermann_Erika_716'
let app: RunningApplication

test.beforeEach(async () => {
  app = await startApplication(null)
})

test.afterEach(async () => {
  await app.stop()
})

async function drop(page: Page, name: string, buffer: Uint8Array): Promise<void> {
  await page.getByRole('button', { name: 'Archive', exact: true }).click()
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(buffer) })
}

test('the name of a dropped file is written and sent nowhere', async ({ page }) => {
  const sent: string[] = []
  page.on('request', (request) => sent.push(request.url(), JSON.stringify(request.headers()), request.postData() ?? ''))
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))))
  await page.goto(app.address())
  await drop(page, `${marker}.vol`, synthesise({ pattern: 'ring', laterality: 'OD', seed: 7 }))
  await expect(page.getByRole('region', { name: 'B-scan' })).toBeVisible()
  await expect(
    page
      .getByRole('heading', { name: /Ring, right eye/ })
      .or(page.getByText(/Ring, right eye/))
      .first(),
  ).toBeVisible()
  expect(sent.join('\n')).not.toContain(marker)
  expect(await page.content()).not.toContain(marker)
  expect(app.output()).not.toContain(marker)
  expect(filesWith(app.home, marker)).toEqual([])
  expect(filesWith(app.home, 'Mustermann')).toEqual([])
})

const good = synthesise({ pattern: 'ring', laterality: 'OD', seed: 3 })
const oversized = good.slice()
new DataView(oversized.buffer).setUint32(100, 0xfffffff0, true)
const bad: [string, Uint8Array, RegExp][] = [
  ['an empty file', new Uint8Array(0), /empty/i],
  ['a truncated file', good.slice(0, 5_000), /end|short|cut|truncated|fewer|complete/i],
  ['a header that promises too much', oversized, /header/i],
  ['something else', new TextEncoder().encode('<html>not a scan</html>'.repeat(100)), /not an OCT scan/i],
]
for (const [what, bytes, sentence] of bad) {
  test(`${what} gets a sentence`, async ({ page }) => {
    await page.goto(app.address())
    await drop(page, 'x.vol', bytes)
    await expect(page.getByRole('alert').first()).toContainText(sentence)
    expect(managedThings(app.home)).toEqual([])
  })
}
