/** The pictures of the README, taken from the running application over generated scans. */
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import type { SynthOptions } from '../../oct/synth/index.ts'
import { root, startApplication } from '../support/application.ts'
import { createDevice } from '../support/device.ts'
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

test('the Inbox: to be taken again, complete; blind grading', async ({ page }) => {
  const device = createDevice()
  const people = [
    { id: 'jk', name: 'J. Kern' },
    { id: 'am', name: 'A. Maler' },
  ]
  const app = await startApplication({ people, inbox: { folders: [{ path: device.folder, label: 'Export share of Spectralis 1' }] } })
  const verdict = page.getByRole('region', { name: 'Verdict being read' })
  const take = (name: string, options: SynthOptions, visit: string, patient = 'P-0142') => device.take(`${name}.vol`, options, { patient, visit })
  try {
    await page.goto(app.address())
    const eyes = [
      { laterality: 'OD', seed: 11 },
      { laterality: 'OS', seed: 12 },
    ] as const
    for (const [i, eye] of eyes.entries()) {
      take(`a${i}`, { pattern: 'ring', ...eye }, 'V01', 'P-0160')
      take(`b${i}`, { pattern: 'volume', frames: 13, ...eye }, 'V01', 'P-0160')
    }
    await expect(verdict.getByRole('heading', { name: 'USABLE' })).toBeVisible()
    const list = page.getByRole('complementary', { name: 'Beside it' })
    await expect(list.getByText('3 verdicts wait to be read')).toBeAttached()
    for (let i = 0; i < 3; i++) {
      await page.keyboard.press('Space')
      await page.waitForTimeout(800)
    }
    await expect(page.getByText('Complete, the patient may go.').first()).toBeVisible()
    await page.waitForTimeout(1_500)
    await shot(page, 'inbox-complete')
    take('c0', { pattern: 'volume', frames: 13, laterality: 'OD', seed: 14 }, 'V02')
    await expect(list.getByText('1 verdict waits to be read')).toBeAttached()
    await page.keyboard.press('Space')
    take('c1', { pattern: 'ring', laterality: 'OD', seed: 14, fault: 'cut-upper' }, 'V02')
    await expect(list.getByText('1 verdict waits to be read')).toBeAttached()
    await page.keyboard.press('Space')
    await expect(verdict.getByRole('heading', { name: 'TAKE AGAIN' })).toBeVisible()
    take('c2', { pattern: 'ring', laterality: 'OD', seed: 14, take: 1 }, 'V02')
    await expect(list.getByText('1 verdict waits to be read')).toBeAttached()
    await page.keyboard.press('p')
    await expect(page.getByRole('region', { name: 'Names of this desk' }).locator(':focus')).toHaveCount(1)
    await page.keyboard.press('1')
    await expect(page.getByRole('region', { name: 'Names of this desk' })).toBeHidden()
    await page.waitForTimeout(1_500)
    await shot(page, 'inbox')

    await page.getByRole('button', { name: 'Archive', exact: true }).click()
    await page.getByRole('button', { name: 'Open the demo lab' }).click()
    await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
    for (const scan of ['Scan 1', 'Scan 3'])
      await page
        .getByRole('row')
        .filter({ has: page.getByText(scan, { exact: true }) })
        .getByRole('checkbox')
        .click()
    await page.getByRole('button', { name: /^Grade…/ }).click()
    await page.getByRole('textbox', { name: 'Name of the batch' }).fill('Pilot')
    await page.getByRole('textbox', { name: 'Name of the batch' }).press('Enter')
    await page.getByRole('button', { name: 'Grade', exact: true }).click()
    await expect(page.getByRole('img', { name: /B-scan/ }).first()).toBeVisible({ timeout: 60_000 })
    for (const key of '112') await page.keyboard.press(key)
    await page.waitForTimeout(1_500)
    await shot(page, 'grading')
  } finally {
    await app.stop()
    device.remove()
  }
})
