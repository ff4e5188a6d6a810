/** Pictures of what is left when something fails: what waits to go home, scans kept offline, the self-check. Over generated scans. */
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { root, startApplication } from '../support/application.ts'
import { startArchive } from '../support/demo.ts'
import { chooseOwnAnalysis, openSession, signIn } from '../support/lab-page.ts'

const shot = (page: Page, name: string) => page.screenshot({ path: join(root, 'docs', 'screenshots', `${name}.png`) })
const row = (page: Page, name: string) => page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) })

async function run(page: Page, scan: string): Promise<void> {
  await row(page, scan).getByRole('checkbox').click()
  await page.getByRole('button', { name: /^Run…/ }).click()
  await chooseOwnAnalysis(page)
  await page.getByRole('button', { name: /Run here/, disabled: false }).click()
  await expect(page.getByText('The results wait to go home.')).toBeVisible({ timeout: 120_000 })
  await expect(page.getByRole('button', { name: /Active 0/ })).toBeVisible({ timeout: 60_000 })
}

test('what waits to go home, scans kept offline, the self-check', async ({ page }) => {
  const archive = await startArchive()
  const app = await startApplication(archive.site)
  try {
    await page.goto(app.address())
    await signIn(page, 'demo', 'demo')
    await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
    for (const scan of ['Scan 1', 'Scan 2', 'Scan 3']) await row(page, scan).getByRole('checkbox').click()
    await page.getByRole('button', { name: 'Keep offline' }).click()
    await page.getByRole('toolbar', { name: 'Keep offline' }).getByRole('button', { name: 'Keep offline' }).click()
    await expect(page.getByRole('button', { name: 'Kept offline 3' })).toBeVisible({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Clear' }).click()

    // Somebody else's file lies under the first run's name.
    archive.faults.set({ path: '/resources/SCANSIDE', method: 'PUT', failNext: 1_000 })
    await run(page, 'Scan 1')
    archive.faults.clear()
    const id = await page.getByRole('navigation', { name: 'Runs' }).getByRole('button').first().getAttribute('data-run')
    const [, name = '', version = ''] = /^(\S+) (\S+)/.exec((await page.getByRole('heading', { level: 2, name: /P-0142/ }).textContent()) ?? '') ?? []
    const session = '/data/projects/DEMO-MS/subjects/P-0142/experiments/P-0142_V01'
    await archive.put(`${session}/resources/SCANSIDE/files/${name}/${version}/${id}/results.json?inbody=true`, Buffer.from('{"somebody":"else"}'))
    await page.getByRole('button', { name: 'See what waits to go home' }).click()
    await page.getByRole('button', { name: 'Send now' }).click()
    await expect(page.getByText('Another file there')).toBeVisible({ timeout: 60_000 })

    archive.cable.pull()
    await page.getByRole('button', { name: 'Archive', exact: true }).click()
    await page.getByRole('button', { name: 'List again' }).click()
    await expect(page.getByText('Archive offline')).toBeVisible({ timeout: 60_000 })
    for (const label of ['P-0142', 'P-0142_V01']) {
      await row(page, label).first().click()
      if ((await row(page, label).first().getAttribute('aria-expanded')) !== 'true') await page.keyboard.press('ArrowRight')
    }
    await page.getByRole('button', { name: 'Kept offline 3' }).click()
    await expect(row(page, 'Scan 1')).toBeVisible()
    await page.waitForTimeout(500)
    await shot(page, 'offline')
    await page.getByRole('button', { name: 'Kept offline 3' }).click()

    await run(page, 'Scan 3')
    await page.getByRole('button', { name: 'See what waits to go home' }).click()
    await expect(page.getByRole('listitem', { name: /^Results, / })).toHaveCount(2)
    await page.waitForTimeout(500)
    await shot(page, 'outbox')

    archive.cable.plug()
    await expect(page.getByText('Archive online')).toBeVisible({ timeout: 120_000 })
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.getByRole('button', { name: 'Self-check' }).click()
    await expect(page.getByText(/^Looked at /)).toBeVisible({ timeout: 60_000 })
    await page.waitForTimeout(500)
    await shot(page, 'self-check')
  } finally {
    await app.stop()
    await archive.stop()
  }
})
