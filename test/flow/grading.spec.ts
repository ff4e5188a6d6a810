/** Two people grade a batch blind, by keys alone; agreement is told, and a third person decides what they differ on. */
import { expect, type Page, test } from '@playwright/test'
import { startApplication } from '../support/application.ts'
import { openSession, watchComplaints } from '../support/lab-page.ts'

/** Takes the place of whoever sat here. */
async function sitDown(page: Page, name: string): Promise<void> {
  await page.keyboard.press('F2')
  await page.getByRole('textbox', { name: 'Name or initials' }).fill(name)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: `${name} sits here. Hand over or lock` })).toBeVisible()
}

/** Grades every item of the batch that is shown; `answer` are the keys for the nth item. */
async function grade(page: Page, items: number, answer: (nth: number) => string): Promise<void> {
  await page.getByRole('button', { name: 'Grade', exact: true }).click()
  for (let nth = 0; nth < items; nth++) {
    await expect(page.getByText(`Item ${nth + 1} of ${items}`)).toBeVisible()
    await expect(page.getByRole('button', { name: /Save, next/ })).toBeVisible({ timeout: 60_000 })
    await expect(page.getByText('P-0142')).toHaveCount(0)
    for (const key of answer(nth)) await page.keyboard.press(key)
    await expect(page.getByRole('button', { name: /Save, next/, disabled: false })).toBeVisible()
    await page.keyboard.press('Enter')
  }
  await expect(page.getByText('All items are graded')).toBeVisible()
}

test('two people grade blind, kappa is told, a third decides', async ({ page }) => {
  const complaints = watchComplaints(page)
  const app = await startApplication(null)
  try {
    await page.goto(app.address())
    await page.getByRole('button', { name: 'Archive', exact: true }).click()
    await page.getByRole('button', { name: 'Open the demo lab' }).click()
    await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
    for (const scan of ['Scan 1', 'Scan 2', 'Scan 3'])
      await page
        .getByRole('row')
        .filter({ has: page.getByText(scan, { exact: true }) })
        .getByRole('checkbox')
        .click()
    await page.getByRole('button', { name: 'Grade…' }).click()
    await expect(page.getByText('Pick your name to grade.')).toBeVisible()
    await sitDown(page, 'Anna')
    await page.getByRole('textbox', { name: 'Name of the batch' }).fill('Pilot')
    await page.getByRole('combobox', { name: 'Shown twice' }).selectOption({ label: '30 %' })
    await page.getByRole('textbox', { name: 'Name of the batch' }).press('Enter')
    await expect(page.getByRole('row', { name: /Pilot/ })).toContainText('0 of 4')

    await grade(page, 4, () => '1111111u')
    await page.getByRole('button', { name: 'To the batches' }).click()
    await expect(page.getByRole('row', { name: /Pilot/ })).toContainText('4 of 4')
    await expect(page.getByRole('button', { name: 'Decide' })).toHaveCount(0)

    await sitDown(page, 'Ben')
    // Letters lead to their question, whatever was asked before.
    await grade(page, 4, (nth) => (nth === 0 ? 's3c2o1a1r1i1b1n' : '1111111u'))
    await page.getByRole('button', { name: 'See agreement' }).click()
    const pair = page.getByRole('table', { name: 'Anna and Ben' })
    await expect(pair.getByRole('row')).toHaveCount(9)
    await expect(pair.getByRole('row', { name: /Overall/ })).toContainText('67%')
    await expect(page.getByText('All gradings were given blind.')).toBeVisible()
    await page.getByRole('button', { name: 'Batches' }).click()
    await expect(page.getByRole('row', { name: /Pilot/ })).toContainText('0 of 1 decided')
    await expect(page.getByRole('button', { name: 'Decide' })).toHaveCount(0)

    await sitDown(page, 'Cleo')
    await page.getByRole('button', { name: 'Decide' }).click()
    await expect(page.getByRole('button', { name: /Decide, next/ })).toBeVisible({ timeout: 60_000 })
    for (const name of ['Anna', 'Ben', 'P-0142']) await expect(page.getByRole('main').getByText(name)).toHaveCount(0)
    for (const key of '1211111l') await page.keyboard.press(key)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('combobox', { name: 'Scans graders differ on' })).toContainText('decided: Look')
    expect(complaints).toEqual([])
  } finally {
    await app.stop()
  }
})

test('the open word: a second reader’s stays closed until one’s own is saved', async ({ page }) => {
  const complaints = watchComplaints(page)
  const app = await startApplication(null)
  const open = async () => {
    await page
      .getByRole('row')
      .filter({ has: page.getByText('Scan 1', { exact: true }) })
      .first()
      .dblclick()
    await expect(page.getByRole('img', { name: /Layer lines/ })).toBeVisible({ timeout: 60_000 })
  }
  const word = page.getByRole('region', { name: 'Your word' })
  try {
    await page.goto(app.address())
    await page.getByRole('button', { name: 'Archive', exact: true }).click()
    await page.getByRole('button', { name: 'Open the demo lab' }).click()
    await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
    await open()
    await expect(word).toContainText('Pick your name to grade.')
    await sitDown(page, 'Anna')
    await expect(word).toContainText('G comes here')
    await page.keyboard.press('g')
    for (const key of '1213111') await page.keyboard.press(key)
    await expect(word).toContainText('All 7 answered.')
    await page.keyboard.press('2')
    await page.keyboard.press('Enter')
    await expect(word).toContainText('Saved.')
    await expect(word).toContainText('Nobody else has graded this scan')

    await sitDown(page, 'Ben')
    await expect(word).toContainText('1 other grading opens when yours is complete: 0 of 7.')
    await expect(page.getByRole('list', { name: 'Criteria' })).not.toContainText('unsure')
    await page.keyboard.press('g')
    for (const key of '1111') await page.keyboard.press(key)
    await expect(word).toContainText('4 of 7.')
    for (const key of '1111') await page.keyboard.press(key)
    await page.keyboard.press('Enter')
    await expect(word).toContainText('Second: Anna, Look')
    await expect(page.getByRole('list', { name: 'Criteria' })).toContainText('unsure')
    expect(complaints).toEqual([])
  } finally {
    await app.stop()
  }
})
