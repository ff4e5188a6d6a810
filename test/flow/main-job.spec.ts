/** The main job, end to end, in Chromium: the loopback front, the demo archive over HTTPS, a real Docker engine. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { resultsSchema } from '../../oct/results.ts'
import { filesWith, type RunningApplication, startApplication } from '../support/application.ts'
import { startArchive, type TestArchive } from '../support/demo.ts'
import { managedThings } from '../support/engine.ts'
import { chooseForRun, openSession, runHere, signIn, watchComplaints } from '../support/lab-page.ts'

const session = '/data/projects/DEMO-MS/subjects/P-0142/experiments/P-0142_V01'

let archive: TestArchive
let app: RunningApplication

test.beforeEach(async () => {
  archive = await startArchive()
  app = await startApplication(archive.site)
})

test.afterEach(async () => {
  await app.stop(true)
  await archive.stop()
  const left = managedThings(app.home)
  rmSync(app.home, { recursive: true, force: true })
  expect(left).toEqual([])
})

/** results.json as the archive has it, with its path. */
async function published(): Promise<{ name: string; text: string }[]> {
  const list = (await archive.json(`${session}/resources/SCANSIDE/files?format=json`)) as { ResultSet: { Result: { Name: string; URI: string }[] } }
  return Promise.all(list.ResultSet.Result.map(async ({ Name, URI }) => ({ name: Name, text: await archive.text(URI) })))
}

test('sign in, choose a scan, run, see scan and verdict, result at home, nothing left', async ({ page }) => {
  const complaints = watchComplaints(page)
  await page.goto(app.address())
  await expect(page.getByText('from this desk’s site file')).toBeVisible()
  await signIn(page, 'demo', 'demo')
  await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
  await chooseForRun(page, 'Scan 1')
  await runHere(page)

  const receipt = page.getByRole('table', { name: 'Receipt' })
  await expect(receipt.getByRole('row')).toHaveCount(6)
  await expect(receipt.getByText('listing by label is empty', { exact: false })).toHaveCount(4)
  expect(managedThings(app.home)).toEqual([])

  const [home, ...more] = await published()
  expect(more).toEqual([])
  const results = resultsSchema.parse(JSON.parse(home?.text ?? ''))
  expect(results.scans).toHaveLength(1)
  expect(results.scans[0]?.verdict).toBe('usable')
  expect(home?.text).not.toMatch(/P-0142|DEMO-MS|XNAT_/)

  await page.getByRole('button', { name: /Open in viewer/ }).click()
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText(/usable/i)
  await expect(page.getByRole('region', { name: 'SLO' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'B-scan' })).toBeVisible()
  await expect(page.getByRole('img', { name: /Ring of B-scan 1/ })).toBeVisible()
  await expect(page.getByRole('img', { name: /Layer lines: .*ILM/ })).toBeVisible()
  expect(complaints).toEqual([])
})

test('a volume is stepped by keys and wheel', async ({ page }) => {
  await page.goto(app.address())
  await signIn(page, 'demo', 'demo')
  await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
  await page
    .getByRole('row')
    .filter({ has: page.getByText('Scan 2', { exact: true }) })
    .dblclick()
  const shown = page.getByRole('slider', { name: 'B-scan shown' })
  await expect(shown).toBeVisible()
  const before = Number(await shown.getAttribute('aria-valuenow'))
  await page.keyboard.press('ArrowRight')
  await expect(shown).toHaveAttribute('aria-valuenow', String(before + 1))
  await page.keyboard.press('Home')
  await expect(shown).toHaveAttribute('aria-valuenow', '1')
  await page.getByRole('region', { name: 'B-scan' }).hover()
  await page.mouse.wheel(0, 100)
  await expect(shown).toHaveAttribute('aria-valuenow', '2')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('treegrid')).toBeVisible()
})

const real = process.env.SCANSIDE_TEST_DATA ? join(process.env.SCANSIDE_TEST_DATA, 'oct', 'ring-od.vol') : ''
if (real && existsSync(real)) {
  test('the same over a real ring scan', async ({ page }) => {
    await archive.put(`${session}/scans/9?xsiType=xnat:optScanData&xnat:optScanData/type=Real%20ring&xnat:optScanData/parameters/laterality=R`)
    await archive.put(`${session}/scans/9/resources/VOL/files/ring.vol?inbody=true`, readFileSync(real))
    await page.goto(app.address())
    await signIn(page, 'demo', 'demo')
    await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
    await chooseForRun(page, 'Scan 9')
    await runHere(page)
    await page.getByRole('button', { name: /Open in viewer/ }).click()
    await expect(page.getByRole('status', { name: 'Verdict' })).toContainText(/usable/i)
    await expect(page.getByText('radius 1.80 mm')).toBeVisible()
    const [home] = await published()
    expect(resultsSchema.parse(JSON.parse(home?.text ?? '')).scans[0]?.verdict).toBe('usable')
  })
}

test('wrong password, then the right one; signing out ends the token', async ({ page }) => {
  await page.goto(app.address())
  await signIn(page, 'demo', 'wrong')
  await expect(page.getByRole('alert')).toContainText(/password/i)
  await signIn(page, 'demo', 'demo')
  await expect(page.getByRole('button', { name: 'DEMO-MS', exact: true })).toBeVisible()
  expect(filesWith(app.home, 'demo:demo')).toEqual([])
  await page.getByRole('button', { name: 'Account: demo' }).click()
  await page.getByRole('dialog', { name: 'Sign out' }).getByRole('button', { name: 'Sign out', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible()
})
