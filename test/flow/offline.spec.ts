/** Working without the archive: scans kept ahead, opened and run on while it is away, their results home when it is back, nothing left when they are forgotten. */
import { expect, type Page, test } from '@playwright/test'
import { filesWith, type RunningApplication, startApplication } from '../support/application.ts'
import { startArchive, type TestArchive } from '../support/demo.ts'
import { chooseOwnAnalysis, openSession, signIn } from '../support/lab-page.ts'

const session = '/data/projects/DEMO-MS/subjects/P-0142/experiments/P-0142_V01'

let archive: TestArchive
let app: RunningApplication

test.beforeEach(async ({ page }) => {
  archive = await startArchive()
  app = await startApplication(archive.site)
  await page.goto(app.address())
  await signIn(page, 'demo', 'demo')
  await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
})

test.afterEach(async () => {
  await app.stop()
  await archive.stop()
})

const row = (page: Page, scan: string) => page.getByRole('row').filter({ has: page.getByText(scan, { exact: true }) })
const status = (page: Page) => page.getByRole('region', { name: 'Status' })

async function keep(page: Page, scan: string): Promise<void> {
  await row(page, scan).getByRole('checkbox').click()
  await page.getByRole('button', { name: 'Keep offline' }).click()
  const bar = page.getByRole('toolbar', { name: 'Keep offline' })
  await expect(bar).toContainText(/Keep 1 scan at this desk \([\d.]+ [kM]B\)\?/)
  await expect(bar).toContainText('Encrypted, for 7 days')
  await bar.getByRole('button', { name: 'Keep offline' }).click()
  await expect(row(page, scan).getByText(/^kept offline until/)).toBeAttached()
}

test('a kept scan is opened and run on while the archive is away, and its results go home', async ({ page }) => {
  await keep(page, 'Scan 1')
  await expect(page.getByRole('button', { name: 'Kept offline 1' })).toBeVisible()
  expect(filesWith(app.home, 'P-0142')).toEqual([])

  archive.cable.pull()
  await page.getByRole('button', { name: 'List again' }).click()
  await expect(status(page)).toContainText('Archive offline', { timeout: 60_000 })
  await openAway(page)
  await expect(page.getByText('1 scan kept at this desk can be opened and run on;')).toBeVisible()

  await row(page, 'Scan 1').dblclick()
  await expect(page.getByRole('img', { name: /Layer lines/ })).toBeVisible({ timeout: 60_000 })
  await page.keyboard.press('Escape')
  await row(page, 'Scan 1').getByRole('checkbox').click()
  await page.getByRole('button', { name: /^Run…/ }).click()
  await chooseOwnAnalysis(page)
  await expect(page.getByText('These scans are kept at this desk; the results wait here')).toBeVisible()
  await page.getByRole('button', { name: /Run here/, disabled: false }).click()
  await expect(page.getByText('The results wait to go home.')).toBeVisible({ timeout: 120_000 })
  await status(page).getByRole('button', { name: '1 waits to go home' }).click()
  await expect(page.getByRole('listitem', { name: /^Results, / })).toContainText('The archive does not answer.')

  archive.cable.plug()
  await expect(page.getByText('Nothing waits to go home')).toBeVisible({ timeout: 120_000 })
  await expect(status(page)).toContainText('Archive online')
  const list = (await archive.json(`${session}/resources/SCANSIDE/files?format=json`)) as { ResultSet: { Result: unknown[] } }
  expect(list.ResultSet.Result).toHaveLength(1)

  await page.getByRole('button', { name: 'Archive', exact: true }).click()
  await page.getByRole('button', { name: 'Kept offline 1' }).click()
  const sheet = page.getByRole('complementary', { name: 'Kept offline' })
  await expect(sheet).toContainText('P-0142_V01')
  await sheet.getByRole('button', { name: 'Forget all…' }).click()
  await expect(sheet).toContainText('Forget the 1 kept scan?')
  await sheet.getByRole('button', { name: 'Forget all', exact: true }).click()
  await expect(sheet).toContainText('No scans are kept here')
})

/** The tree of what is kept, after listing without the archive. */
async function openAway(page: Page): Promise<void> {
  for (const label of ['P-0142', 'P-0142_V01']) {
    const folder = row(page, label).first()
    await folder.click()
    if ((await folder.getAttribute('aria-expanded')) !== 'true') await page.keyboard.press('ArrowRight')
  }
  await expect(row(page, 'Scan 1')).toBeVisible()
}

test('fetching ahead is cancelled in the status bar, and says what is here', async ({ page }) => {
  archive.faults.set({ path: '/files/', stall: true })
  await row(page, 'Scan 2').getByRole('checkbox').click()
  await page.getByRole('button', { name: 'Keep offline' }).click()
  await page.getByRole('toolbar', { name: 'Keep offline' }).getByRole('button', { name: 'Keep offline' }).click()
  await expect(status(page)).toContainText('Keeping scans offline')
  await status(page)
    .getByRole('button', { name: /^Cancel/ })
    .click()
  await expect(page.getByText('Stopped. Scans that were fetched whole are kept; the rest is not here.')).toBeVisible()
  await page.getByRole('button', { name: 'Kept offline' }).click()
  await expect(page.getByText('No scans are kept here')).toBeVisible()
})
