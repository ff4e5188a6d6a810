/** Two visits of one eye beside one another, and a picture of them that names nobody. */
import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { startApplication } from '../support/application.ts'
import { startArchive } from '../support/demo.ts'
import { openSession, signIn, watchComplaints } from '../support/lab-page.ts'

test('flip, compare with the other visit, lay over, save a picture', async ({ page }) => {
  const archive = await startArchive()
  const app = await startApplication(archive.site)
  const complaints = watchComplaints(page)
  try {
    await page.goto(app.address())
    await signIn(page, 'demo', 'demo')
    await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
    await page
      .getByRole('row')
      .filter({ has: page.getByText('Scan 1', { exact: true }) })
      .dblclick()
    const viewer = page.getByRole('region', { name: 'Viewer' })
    await expect(viewer.getByText('Scan 1 of 4')).toBeVisible()
    await page.keyboard.press('Control+ArrowRight')
    await expect(viewer.getByText('Scan 2 of 4')).toBeVisible()
    await expect(viewer.getByText('Volume, right eye (OD)')).toBeVisible()
    await page.keyboard.press('Control+ArrowLeft')
    await expect(viewer.getByText('Ring, right eye (OD)')).toBeVisible()

    await page.keyboard.press('c')
    const other = page.getByRole('region', { name: 'Same eye, other visits' }).getByRole('button')
    await expect(other).toContainText('P-0142_V02')
    await other.click()
    await expect(page.getByRole('region', { name: 'Scan B' })).toContainText('P-0142_V02')
    await page.getByRole('button', { name: 'SLO overlay' }).click()
    const overlay = page.getByRole('region', { name: 'SLO overlay' })
    await expect(overlay.getByText('Aligned', { exact: true })).toBeVisible()
    await expect(overlay).toContainText(/B lies .* of A/)
    await page.getByRole('button', { name: 'Thickness', exact: true }).click()
    await expect(page.getByRole('img', { name: /RNFL of A and B; mean difference/ })).toBeVisible()

    await page.keyboard.press('s')
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save picture…' }).click()
    const saved = await saving
    expect(saved.suggestedFilename()).toBe('scanside-compare-od-ring-bscan-1.png')
    const png = readFileSync(await saved.path())
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    expect(png.includes('P-0142')).toBe(false)
    await expect(page.getByText('Saved.')).toBeVisible()

    for (let step = 0; step < 2; step++) await page.keyboard.press('Escape')
    await expect(page.getByRole('button', { name: /^Compare/ })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(viewer).toBeHidden()
    expect(complaints).toEqual([])
  } finally {
    await app.stop()
    await archive.stop()
  }
})
