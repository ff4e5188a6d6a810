/** What waits to go home, in the window: why, in which order, what a person may decide, and that it goes. */
import { expect, type Page, test } from '@playwright/test'
import { filesWith, type RunningApplication, startApplication } from '../support/application.ts'
import { startArchive, type TestArchive } from '../support/demo.ts'
import { chooseOwnAnalysis, openSession, signIn, watchComplaints } from '../support/lab-page.ts'

const session = '/data/projects/DEMO-MS/subjects/P-0142/experiments/P-0142_V01'
const sent = { path: '/resources/SCANSIDE', method: 'PUT' }

let archive: TestArchive
let app: RunningApplication
let complaints: string[]

test.beforeEach(async ({ page }) => {
  archive = await startArchive()
  app = await startApplication(archive.site)
  complaints = watchComplaints(page)
  await page.goto(app.address())
  await signIn(page, 'demo', 'demo')
  await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
})

test.afterEach(async () => {
  await app.stop()
  await archive.stop()
  expect(complaints).toEqual([])
})

const waiting = (page: Page) => page.getByRole('region', { name: 'Status' }).getByRole('button', { name: /wait|need/ })
const item = (page: Page) => page.getByRole('listitem', { name: /^Results, DEMO-MS \/ P-0142/ })

/** Runs the first scan to its end, wherever its results come to. */
async function run(page: Page): Promise<void> {
  const row = page.getByRole('row').filter({ has: page.getByText('Scan 1', { exact: true }) })
  await row.getByRole('checkbox').click()
  await page.getByRole('button', { name: /^Run…/ }).click()
  await chooseOwnAnalysis(page)
  await page.getByRole('button', { name: /Run here/, disabled: false }).click()
  await expect(page.getByText('The results wait to go home.')).toBeVisible({ timeout: 120_000 })
  await expect(page.getByRole('button', { name: /Active 0/ })).toBeVisible({ timeout: 60_000 })
}

/** Names and texts of what the archive holds of this session's results. */
async function home(): Promise<{ name: string; text: string }[]> {
  const list = (await archive.json(`${session}/resources/SCANSIDE/files?format=json`).catch(() => ({ ResultSet: { Result: [] } }))) as {
    ResultSet: { Result: { Name: string; URI: string }[] }
  }
  return Promise.all(list.ResultSet.Result.map(async ({ URI }) => ({ name: URI.split('/files/')[1] ?? '', text: await archive.text(URI) })))
}

test('refused by the archive: said in the status bar, kept, and sent once the right is there', async ({ page }) => {
  await expect(waiting(page)).toHaveText('Nothing waits')
  archive.faults.set({ ...sent, forbidden: true })
  await run(page)
  await expect(waiting(page)).toHaveText('1 needs you')
  await waiting(page).click()
  await expect(item(page)).toContainText('Not accepted')
  await expect(item(page)).toContainText('The archive does not let this account write there.')
  expect(filesWith(app.home, 'P-0142')).toEqual([])

  // What destroys asks once and names the thing.
  await item(page)
    .getByRole('button', { name: /^Discard/ })
    .click()
  await expect(item(page)).toContainText('Destroy Results, DEMO-MS / P-0142')
  await expect(page.getByRole('button', { name: 'Leave it waiting' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(item(page)).toBeVisible()

  archive.faults.clear()
  await item(page)
    .getByRole('button', { name: /^Try again/ })
    .click()
  await expect(page.getByText('Nothing waits to go home')).toBeVisible()
  await expect(waiting(page)).toHaveText('Nothing waits')
  expect(await home()).toHaveLength(1)
  await page.getByRole('button', { name: 'See all runs' }).click()
  await expect(page.getByText('All results are home.')).toBeVisible()
})

test('another file in the archive under its name: both sides are shown, and both can be kept', async ({ page }) => {
  archive.faults.set({ ...sent, failNext: 1_000 })
  await run(page)
  await expect(waiting(page)).toHaveText('1 waits to go home')
  archive.faults.clear()
  await page.getByRole('button', { name: 'See what waits to go home' }).click()
  await expect(item(page)).toContainText('Waiting')

  // Somebody has put something else there meanwhile.
  await page.getByRole('button', { name: 'All runs' }).click()
  const id = await page.getByRole('navigation', { name: 'Runs' }).getByRole('button').first().getAttribute('data-run')
  const [, name = '', version = ''] = /^(\S+) (\S+)/.exec((await page.getByRole('heading', { level: 2, name: /P-0142/ }).textContent()) ?? '') ?? []
  const path = `${name}/${version}/${id}/results.json`
  await archive.put(`${session}/resources/SCANSIDE/files/${path}?inbody=true`, Buffer.from('{"somebody":"else"}'))
  await page.getByRole('button', { name: /^Waiting to go home/ }).click()
  await page.getByRole('button', { name: 'Send now' }).click()
  await expect(item(page)).toContainText('Another file there')
  await expect(item(page)).toContainText('In the archive 19 B')
  await expect(waiting(page)).toHaveText('1 needs you')
  expect(await home()).toHaveLength(1)

  await item(page)
    .getByRole('button', { name: /^Send beside it/ })
    .click()
  await expect(page.getByText('Nothing waits to go home')).toBeVisible()
  const both = await home()
  expect(both).toHaveLength(2)
  expect(both.find((file) => file.name === path)?.text).toBe('{"somebody":"else"}')
})

test('what waits outlives the application, and signing out says that it stays', async ({ page, browser }) => {
  archive.faults.set({ ...sent, failNext: 1_000 })
  await run(page)
  await page.getByRole('button', { name: 'Account: demo' }).click()
  const panel = page.getByRole('dialog', { name: 'Sign out' })
  await panel.getByRole('button', { name: 'Sign out', exact: true }).click()
  await expect(panel).toContainText('1 item has not reached the archive yet.')
  await page.keyboard.press('Escape')
  await app.stop(true)
  complaints.length = 0

  app = await startApplication(archive.site, app.home)
  const again = await browser.newPage({ locale: 'de-DE' })
  await again.goto(app.address())
  const fact = again.getByRole('region', { name: 'Status' }).getByRole('button', { name: '1 wartet aufs Archiv' })
  await fact.click()
  const row = again.getByRole('listitem', { name: /^Ergebnisse, DEMO-MS/ })
  await expect(row).toContainText('Gesendet wird, sobald sich jemand an seinem Archiv anmeldet.')
  archive.faults.clear()
  await again.getByRole('button', { name: 'Archiv', exact: true }).click()
  await again.getByRole('textbox', { name: 'Benutzer' }).fill('demo')
  await again.getByRole('textbox', { name: 'Passwort' }).fill('demo')
  await again.getByRole('button', { name: 'Anmelden', exact: true }).click()
  await expect(again.getByRole('region', { name: 'Status' }).getByRole('button', { name: 'Nichts wartet' })).toBeVisible()
  expect(await home()).toHaveLength(1)
})
