/** At the device: a visit's good and bad scans come into a watched folder, are judged here, read and decided on. Everything by keyboard, no archive, no Docker. */
import { rmSync } from 'node:fs'
import { expect, type Page, test } from '@playwright/test'
import type { SynthOptions } from '../../oct/synth/index.ts'
import { filesWith, type RunningApplication, startApplication } from '../support/application.ts'
import { createDevice, type TestDevice } from '../support/device.ts'
import { watchComplaints } from '../support/lab-page.ts'

const people = [
  { id: 'jk', name: 'J. Kern' },
  { id: 'am', name: 'A. Maler' },
]
const whose = { patient: 'P-7719', visit: 'V02' }
const small = { width: 384, height: 496, frames: 7 } as const

let device: TestDevice
let app: RunningApplication

test.beforeEach(async () => {
  device = createDevice()
  app = await startApplication({ demo: false, people, inbox: { folders: [{ path: device.folder, label: 'Device 1' }] } })
})

test.afterEach(async () => {
  await app.stop(true)
  // Patient IDs lie in no file of the desk in the clear, nor in what it has printed.
  expect(filesWith(app.home, whose.patient)).toEqual([])
  expect(app.output()).not.toContain(whose.patient)
  rmSync(app.home, { recursive: true, force: true })
  device.remove()
})

const take = (name: string, options: Pick<SynthOptions, 'pattern' | 'laterality' | 'fault' | 'take'>) =>
  device.take(name, { seed: 71, ...small, ...options }, whose)

const verdict = (page: Page) => page.getByRole('region', { name: 'Verdict being read' })
const slot = (page: Page, name: RegExp) => page.getByRole('region', { name: 'Patients today' }).getByRole('button', { name })

const beside = (page: Page) => page.getByRole('complementary', { name: 'Beside it' })

/** Picks a name by its digit, in the list that is open or comes by `P`. */
async function pick(page: Page, digit: string, name: string, opened = false): Promise<void> {
  if (!opened) await page.keyboard.press('p')
  const names = page.getByRole('region', { name: 'Names of this desk' })
  await expect(names.locator(':focus')).toHaveCount(1)
  await page.keyboard.press(digit)
  await expect(page.getByRole('button', { name: `${name} sits here. Hand over` })).toBeVisible()
  await expect(names).toBeHidden()
}

const waiting = (page: Page, verdicts: number) =>
  expect(beside(page).getByText(new RegExp(`^${verdicts} verdicts? waits? to be read$`))).toBeAttached()

/** Brings the next verdict by its key. */
async function readNext(page: Page, word: string): Promise<void> {
  await page.keyboard.press('Space')
  await expect(verdict(page).getByRole('heading', { name: word })).toBeVisible()
}

test('a visit: good, bad, taken again, complete; by keys alone', async ({ page }) => {
  const complaints = watchComplaints(page)
  await page.goto(app.address())
  await expect(page.getByRole('heading', { name: 'No scan has come today' })).toBeVisible()

  take('Müller ring r.vol', { pattern: 'ring', laterality: 'OD', fault: 'cut-upper' })
  await expect(verdict(page)).toHaveAttribute('data-verdict', 'unusable')
  await expect(verdict(page).getByRole('heading', { name: 'TAKE AGAIN' })).toBeVisible()
  await expect(verdict(page)).toContainText('P-7719')
  await expect(verdict(page)).toContainText(/top of the retina is cut off/i)
  await expect(verdict(page)).toContainText(/Take .*Ring 12°.* again|take .*ring.* again/i)

  // A verdict being read is never replaced: the next one waits.
  take('ring r 2.vol', { pattern: 'ring', laterality: 'OD', take: 1 })
  await expect(beside(page)).toContainText('Waits to be read')
  await waiting(page, 1)
  await expect(slot(page, /Ring 12°.*judged, unread/).first()).toBeVisible()
  await expect(verdict(page)).toHaveAttribute('data-verdict', 'unusable')

  // Nobody has picked a name: deciding asks for one.
  await page.keyboard.press('t')
  await pick(page, '1', 'J. Kern', true)
  await page.keyboard.press('t')
  await expect(verdict(page)).toContainText(/To be taken again: J\. Kern/)

  await readNext(page, 'USABLE')
  await page.keyboard.press('k')
  await expect(verdict(page)).toContainText(/Kept by J\. Kern/)
  await expect(beside(page).getByText('study’s scan').first()).toBeVisible()

  take('macula r.vol', { pattern: 'volume', laterality: 'OD' })
  take('ring l.vol', { pattern: 'ring', laterality: 'OS' })
  take('macula l.vol', { pattern: 'volume', laterality: 'OS' })
  await waiting(page, 3)
  for (let left = 3; left > 0; left--) await readNext(page, 'USABLE')
  await expect(page.getByText('Complete, the patient may go.').first()).toBeVisible()

  // Into the viewer and back, by Enter and Esc; the machine's verdict is there.
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText(/usable/i)
  await expect(page.getByText('P-7719').filter({ visible: true }).first()).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(verdict(page)).toBeVisible()
  expect(complaints).toEqual([])
})

test('an override stands beside the machine’s word, with its reason, and survives a restart', async ({ page }) => {
  take('ring.vol', { pattern: 'ring', laterality: 'OD', fault: 'decentred' })
  await page.goto(app.address())
  await expect(verdict(page)).toHaveAttribute('data-verdict', /ambiguous|unusable/)
  await pick(page, '2', 'A. Maler')
  await page.keyboard.press('o')
  await page.getByRole('combobox', { name: 'Criterion' }).selectOption('C')
  await page.getByRole('group', { name: 'Your word' }).getByText('good').click()
  await page.getByRole('textbox', { name: 'Reason' }).fill('Mrs. Anna Schmidt moved, the disc is large')
  await page.getByRole('button', { name: 'Record', exact: true }).press('Enter')
  await expect(page.getByRole('button', { name: 'Record all the same' })).toBeVisible()
  await page.getByRole('textbox', { name: 'Reason' }).fill('The disc is large; the ring lies well enough')
  await page.getByRole('button', { name: 'Record', exact: true }).press('Enter')
  await expect(verdict(page).getByTitle('A. Maler says: good. The disc is large')).toContainText('A. Maler')
  // The machine's own word is untouched.
  await expect(verdict(page)).toHaveAttribute('data-verdict', /ambiguous|unusable/)

  await app.stop(true)
  app = await startApplication({ demo: false, people, inbox: { folders: [{ path: device.folder, label: 'Device 1' }] } }, app.home)
  await page.goto(app.address())
  await expect(page.getByRole('region', { name: 'Patients today' })).toContainText('P-7719')
})

test('the idle lock hides images and IDs; another person goes on', async ({ page }) => {
  take('ring.vol', { pattern: 'ring', laterality: 'OD' })
  await page.goto(app.address())
  await expect(verdict(page)).toContainText('P-7719')
  await pick(page, '1', 'J. Kern')
  await page.keyboard.press('Control+l')
  await expect(page.getByRole('main', { name: /locked/i }).locator(':focus')).toHaveCount(1)
  await expect(page.locator('body')).not.toContainText('P-7719')
  await expect(page.locator('canvas')).toHaveCount(0)
  await page.keyboard.press('2')
  await expect(verdict(page)).toContainText('P-7719')
  await expect(page.getByRole('button', { name: 'A. Maler sits here. Hand over' })).toBeVisible()
})
