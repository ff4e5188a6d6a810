/** The pictures of the README, taken from the running application over generated scans. */
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { root, startApplication } from '../support/application.ts'
import { chooseForRun, openSession, runHere } from '../support/lab-page.ts'

const shot = (page: Page, name: string) => page.screenshot({ path: join(root, 'docs', 'screenshots', `${name}.png`) })

test('sign-in, archive, viewer, runs, receipt', async ({ page }) => {
  const app = await startApplication(null)
  try {
    await page.goto(app.address())
    await expect(page.getByText('Docker ready')).toBeVisible()
    await shot(page, 'sign-in')
    await page.getByRole('button', { name: 'Open the demo lab' }).click()
    await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
    for (const scan of ['Scan 2', 'Scan 3'])
      await page
        .getByRole('row')
        .filter({ has: page.getByText(scan, { exact: true }) })
        .getByRole('checkbox')
        .click()
    await chooseForRun(page, 'Scan 1')
    await shot(page, 'archive')
    await runHere(page)
    await expect(page.getByRole('button', { name: /Active 0/ })).toBeVisible({ timeout: 60_000 })
    await page.getByRole('navigation', { name: 'Runs' }).getByRole('button').nth(2).click()
    await expect(page.getByText('All results are home.')).toBeVisible()
    await shot(page, 'runs')
    const receipt = page.getByRole('region', { name: 'Receipt' })
    await receipt.scrollIntoViewIfNeeded()
    await receipt.screenshot({ path: join(root, 'docs', 'screenshots', 'receipt.png') })
    await page.getByRole('button', { name: 'Archive', exact: true }).click()
    await page
      .getByRole('row')
      .filter({ has: page.getByText('Scan 1', { exact: true }) })
      .first()
      .dblclick()
    await expect(page.getByRole('status', { name: 'Verdict' })).toBeVisible()
    await expect(page.getByRole('img', { name: /Layer lines/ })).toBeVisible()
    await expect(page.getByRole('tab', { name: 'TSNIT profile' })).toBeVisible()
    await page.waitForTimeout(1_000)
    await shot(page, 'viewer')
    await page.keyboard.press('Control+ArrowRight')
    await expect(page.getByRole('slider', { name: 'B-scan shown' })).toBeVisible({ timeout: 60_000 })
    await page.getByRole('tab', { name: 'Thickness map' }).click()
    await page.waitForTimeout(3_000)
    await shot(page, 'thickness-map')
    await page.keyboard.press('c')
    await page.getByRole('button', { name: /Macula volume OD.*P-0142_V02/ }).click()
    await expect(page.getByRole('region', { name: 'B-scan' })).toHaveCount(2, { timeout: 60_000 })
    await page.getByText('SLO overlay', { exact: true }).click()
    await page.waitForTimeout(4_000)
    await shot(page, 'compare')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.waitForTimeout(500)
    await shot(page, 'settings')
  } finally {
    await app.stop()
  }
})

test('the quality strip of a volume that was cut off', async ({ page }) => {
  const app = await startApplication(null)
  try {
    await page.goto(app.address())
    await expect(page.getByText('Docker ready')).toBeVisible()
    await page.getByRole('button', { name: 'Open the demo lab' }).click()
    await openSession(page, 'DEMO-MS', 'P-0163', 'P-0163_V01')
    await chooseForRun(page, 'Scan 2')
    await runHere(page)
    await page
      .getByRole('button', { name: /Open in viewer/ })
      .first()
      .click()
    await expect(page.getByRole('status', { name: 'Verdict' })).toBeVisible()
    await expect(page.getByRole('slider', { name: 'B-scan shown' })).toBeVisible()
    await page.waitForTimeout(3_000)
    await shot(page, 'quality-strip')
  } finally {
    await app.stop()
  }
})
