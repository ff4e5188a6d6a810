/** With a keyring: the sign-in and the runs outlive the application; the token and the records are nowhere in the clear. */
import { expect, test } from '@playwright/test'
import { filesWith, startApplication } from '../support/application.ts'
import { startArchive } from '../support/demo.ts'
import { chooseForRun, openSession, runHere } from '../support/lab-page.ts'

test('stays signed in over a restart, and still knows its runs', async ({ page, browser }) => {
  const archive = await startArchive()
  let app = await startApplication(archive.site)
  try {
    await page.goto(app.address())
    await page.getByRole('textbox', { name: 'User' }).fill('demo')
    await page.getByRole('textbox', { name: 'Password' }).fill('demo')
    await page.getByRole('checkbox', { name: 'Stay signed in' }).check()
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
    await chooseForRun(page, 'Scan 1')
    await runHere(page)
    await app.stop(true)
    for (const marker of ['P-0142', 'DEMO-MS', 'oct-quality']) expect(filesWith(app.home, marker)).toEqual([])

    app = await startApplication(archive.site, app.home)
    const again = await browser.newPage()
    await again.goto(app.address())
    await expect(again.getByRole('button', { name: 'DEMO-MS', exact: true })).toBeVisible()
    await expect(again.getByRole('button', { name: 'Account: demo' })).toBeVisible()
    await again.getByRole('button', { name: 'Runs' }).click()
    await expect(again.getByText('All results are home.')).toBeVisible()
    await expect(again.getByRole('table', { name: 'Receipt' }).getByText('listing by label is empty', { exact: false })).toHaveCount(4)
  } finally {
    await app.stop()
    await archive.stop()
  }
})
