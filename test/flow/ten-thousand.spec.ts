/** Ten thousand sessions: listed page by page, and never more rows in the page than fit on it. */
import { expect, test } from '@playwright/test'
import { startApplication } from '../support/application.ts'
import { startArchive } from '../support/demo.ts'
import { signIn } from '../support/lab-page.ts'

test('ten thousand sessions stay a list of a few rows', async ({ page }) => {
  const archive = await startArchive({ large: true })
  const app = await startApplication(archive.site)
  try {
    await page.goto(app.address())
    await signIn(page, 'demo', 'demo')
    await page.getByRole('button', { name: 'DEMO-LARGE', exact: true }).click()
    await expect(page.getByText(/10[,.]?000 sessions/)).toBeVisible()
    expect(await page.getByRole('row').count()).toBeLessThan(100)
    await page.getByRole('treegrid').press('End')
    expect(await page.getByRole('row').count()).toBeLessThan(100)
  } finally {
    await app.stop()
    await archive.stop()
  }
})
