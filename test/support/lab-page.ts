/** What a person does in the window, step by step; the same in Chromium and in Electron. */
import { expect, type Locator, type Page } from '@playwright/test'

/** What a machine without a graphics card says of itself. */
const software = /GL Driver Message|software WebGL/

/** Collects what the page's console and CSP complain of; a test expects none. */
export function watchComplaints(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if ((message.type() === 'error' || message.type() === 'warning') && !software.test(message.text())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return complaints
}

export async function signIn(page: Page, user: string, password: string): Promise<void> {
  await page.getByRole('textbox', { name: 'User' }).fill(user)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** Opens the tree down to a session's scans. */
export async function openSession(page: Page, project: string, subject: string, session: string): Promise<void> {
  await page.getByRole('button', { name: project, exact: true }).click()
  await expand(page, subject)
  await expand(page, session)
  await expect(page.getByRole('row', { name: /Scan 1\b/ })).toBeVisible()
}

async function expand(page: Page, label: string): Promise<void> {
  const row = page.getByRole('row').filter({ has: page.getByText(label, { exact: true }) })
  await row.first().click()
  if ((await row.first().getAttribute('aria-expanded')) !== 'true') await page.keyboard.press('ArrowRight')
  await expect(row.first()).toHaveAttribute('aria-expanded', 'true')
}

/** Chooses a scan and opens the run sheet; loads the image this project ships where it is not on the engine yet. */
export async function chooseForRun(page: Page, scan: string): Promise<void> {
  const row = page.getByRole('row').filter({ has: page.getByText(scan, { exact: true }) })
  await row.getByRole('checkbox').click()
  await page.getByRole('button', { name: /^Run…/ }).click()
  await readyToRun(page, (load) => load.click())
}

/** Waits until the run sheet can start a run; loads the image this project ships where it is not on the engine yet, by `press`. */
export async function readyToRun(page: Page, press: (load: Locator) => Promise<void>): Promise<void> {
  const load = page.getByRole('button', { name: /Load the OCT quality image/ })
  // Visible from the beginning, but enabled only once there is a pipeline: one of the two comes.
  const ready = page.getByRole('button', { name: /Run here/, disabled: false })
  await expect(load.or(ready).first()).toBeVisible()
  if (await load.isVisible()) {
    await press(load)
    // Until then the application's own analysis is the only choice.
    await expect(load).toBeHidden({ timeout: 120_000 })
  }
  await expect(ready).toBeVisible({ timeout: 120_000 })
}

/** Starts the run and waits for its end on the runs page. */
export async function runHere(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Run here/ }).click()
  await expect(page.getByText('All results are home.')).toBeVisible({ timeout: 120_000 })
}

/** Takes the application's own analysis in the run sheet, whatever images the machine has. */
export async function chooseOwnAnalysis(page: Page): Promise<void> {
  const pipelines = page.getByRole('combobox', { name: 'Pipeline' })
  const own = pipelines.locator('option', { hasText: /\(this application\)/ }).first()
  await expect(own).toBeAttached()
  await pipelines.selectOption((await own.getAttribute('value')) ?? '')
}
