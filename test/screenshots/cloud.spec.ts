/** The cloud's pictures, taken from the running application over a real OpenStack: only where OS_CLIENT_CONFIG_FILE names one. */
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { root, startApplication } from '../support/application.ts'
import { chooseForRun, openSession } from '../support/lab-page.ts'

const shot = (page: Page, name: string) => page.screenshot({ path: join(root, 'docs', 'screenshots', `${name}.png`) })
const cloud = process.env.OS_CLOUD ?? 'lab'

/** Signs in with the entry of the clouds.yaml that the environment names. */
async function signInToCloud(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Cloud not set up/ }).click()
  const section = page.getByRole('region', { name: 'Cloud', exact: true })
  const entry = section.getByRole('button', { name: new RegExp(`^${cloud}\\b`) })
  await entry.click()
  await section.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(section.getByText(/^(Ready|Signed in)\.$/)).toBeVisible({ timeout: 60_000 })
}

if (process.env.OS_CLIENT_CONFIG_FILE)
  test('settings, the run sheet and a run in the cloud', async ({ page }) => {
    const app = await startApplication(null)
    try {
      await page.goto(app.address())
      await expect(page.getByText('Docker ready')).toBeVisible()
      await page.getByRole('button', { name: 'Open the demo lab' }).click()
      await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
      await signInToCloud(page)
      const image = page.getByRole('combobox', { name: 'Machine’s image' })
      if ((await image.inputValue()) === '') await image.selectOption({ index: 1 })
      await page.getByRole('combobox', { name: 'Network' }).selectOption({ index: 1 })
      await expect(page.getByText('Runs can go there.')).toBeVisible()
      await page.getByRole('button', { name: new RegExp(`^${cloud} ready`) }).click()
      await page.waitForTimeout(1_000)
      await shot(page, 'cloud-settings')

      await page.getByRole('button', { name: 'Archive', exact: true }).click()
      await chooseForRun(page, 'Scan 1')
      await page.getByRole('radio', { name: /Institute cloud/ }).check()
      await page.waitForTimeout(1_000)
      await shot(page, 'cloud-run-sheet')
      await page.getByRole('button', { name: /Run in the cloud/ }).click()
      await expect(page.getByText('machine starting')).toBeVisible({ timeout: 120_000 })
      await shot(page, 'cloud-run')
      await page.getByRole('button', { name: 'Cancel run' }).click()
      await page.getByRole('button', { name: 'Stop it' }).click()
      await expect(page.getByText('The machine, its objects and its token are removed.')).toBeVisible({ timeout: 120_000 })
      await page.waitForTimeout(1_000)
      await shot(page, 'cloud-receipt')
    } finally {
      await app.stop()
    }
  })
