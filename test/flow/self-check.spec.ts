/** The self-check, its report, the receipts' chain and its export, and what others may see of the window. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { checkIds } from '../../preload/diagnostics.ts'
import { type RunningApplication, root, startApplication } from '../support/application.ts'
import { startArchive, type TestArchive } from '../support/demo.ts'
import { chooseOwnAnalysis, openSession, signIn, watchComplaints } from '../support/lab-page.ts'

let archive: TestArchive
let app: RunningApplication
let complaints: string[]

test.beforeEach(async ({ page }) => {
  archive = await startArchive()
  app = await startApplication(archive.site)
  complaints = watchComplaints(page)
  await page.goto(app.address())
})

test.afterEach(async () => {
  await app.stop()
  await archive.stop()
  expect(complaints).toEqual([])
})

const check = (page: Page, name: string) => page.getByRole('list', { name: 'Self-check' }).getByRole('listitem').filter({ hasText: name })

async function openSelfCheck(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Self-check' }).click()
  await expect(page.getByText(/^Looked at /)).toBeVisible({ timeout: 60_000 })
}

/** What a button saves, with its name. */
async function saved(page: Page, name: string): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name, exact: true }).click()])
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') }
}

test('looks at everything, says what to do, and saves a report that names nobody', async ({ page }) => {
  await openSelfCheck(page)
  await expect(page.getByRole('list', { name: 'Self-check' }).getByRole('listitem')).toHaveCount(checkIds.length)
  await expect(check(page, 'Archive').first()).toContainText('Nobody is signed in to an archive.')
  await expect(check(page, 'Keyring')).toContainText('Keys and tokens are kept in this computer’s keyring.')
  await expect(page.getByRole('button', { name: 'Export', exact: true })).toBeVisible()

  await page.getByRole('button', { name: 'Archive', exact: true }).click()
  await signIn(page, 'demo', 'demo')
  await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
  await openSelfCheck(page)
  await expect(check(page, 'Archive').first()).toContainText(/The archive \(XNAT [\d.]+\) answers after \d+ ms\./)
  await expect(check(page, 'Certificate')).toContainText('the site file’s authority')
  await expect(check(page, 'Clock')).toContainText('OK')

  const report = await saved(page, 'Save the report')
  expect(report.name).toMatch(/^scanside-report-[\d-]+\.txt$/)
  expect(report.text).toContain('CHECKS')
  expect(report.text).not.toMatch(/P-0142|DEMO-MS|demo:|127\.0\.0\.1|localhost/)
  await expect(page.getByText('Saved.')).toBeVisible()

  archive.cable.pull()
  await page.getByRole('button', { name: 'Look again' }).click()
  await expect(check(page, 'Archive').first()).toContainText('Problem', { timeout: 60_000 })
  await expect(check(page, 'Archive').first()).toContainText('Check the network and the VPN, then look again.')
})

test('the chain of receipts is whole, and its export holds what anybody can verify', async ({ page }) => {
  await signIn(page, 'demo', 'demo')
  await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
  await page
    .getByRole('row')
    .filter({ has: page.getByText('Scan 1', { exact: true }) })
    .getByRole('checkbox')
    .click()
  await page.getByRole('button', { name: /^Run…/ }).click()
  await chooseOwnAnalysis(page)
  await page.getByRole('button', { name: /Run here/, disabled: false }).click()
  await expect(page.getByText('All results are home.')).toBeVisible({ timeout: 120_000 })
  await expect(page.getByRole('button', { name: /Active 0/ })).toBeVisible({ timeout: 60_000 })

  await openSelfCheck(page)
  const chain = page.getByRole('region', { name: 'Receipts and audit' })
  await expect(chain).toContainText('The chain is whole.')
  const fingerprint = (await chain.locator('.mono').textContent()) ?? ''
  expect(fingerprint).toMatch(/^[0-9a-f]{4}(-[0-9a-f]{4})+$/)
  const file = await saved(page, 'Export')
  expect(file.name).toMatch(/^scanside-audit-[\d-]+\.json$/)
  const folder = mkdtempSync(join(tmpdir(), 'scanside-verify-'))
  try {
    const path = join(folder, file.name)
    writeFileSync(path, file.text)
    const said = execFileSync(process.execPath, [join(root, 'scripts', 'bin', 'verify.mjs'), path], { encoding: 'utf8', cwd: root })
    expect(said).toContain(fingerprint)
    // One word of one line is changed: it is noticed.
    writeFileSync(
      path,
      file.text.replace(/"complete":\s*true|complete\\":true/, (found) => found.replace('true', 'false')),
    )
    expect(() => execFileSync(process.execPath, [join(root, 'scripts', 'bin', 'verify.mjs'), path], { cwd: root, stdio: 'pipe' })).toThrow()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('hiding the window from others is offered where it can be done, and says so where not', async ({ page }) => {
  await page.getByRole('button', { name: 'Settings' }).click()
  const box = page.getByRole('checkbox', { name: /Hide this window/ })
  await expect(box).toBeDisabled()
  await expect(page.getByText('A browser cannot do this.')).toBeVisible()
})
