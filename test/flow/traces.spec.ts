/** No trace in the browser: its whole profile, launched as a person's own would be, holds neither a row of pixels nor a name after an hour of work. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, expect, test } from '@playwright/test'
import config from '../playwright.config.ts'
import { startApplication } from '../support/application.ts'
import { anHourOfWork, startMarkedLab } from '../support/marked-lab.ts'
import { names, privatePlaces, traces } from '../support/traces.ts'

/** What Playwright adds to keep a profile clean or a browser quiet; a person's browser has none of it. */
const tidying = [
  '--disable-back-forward-cache',
  '--disable-background-networking',
  '--disable-breakpad',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-dev-shm-usage',
  '--disable-extensions',
  '--disable-field-trial-config',
  '--disable-sync',
  '--enable-automation',
  '--metrics-recording-only',
  '--password-store=basic',
]

test('nothing is found in the browser’s profile nor at the desk, while it is open and afterwards', async () => {
  test.setTimeout(400_000)
  const lab = await startMarkedLab()
  const places = privatePlaces()
  const app = await startApplication(lab.site)
  const profile = join(places.env.HOME ?? '', 'profile')
  const everywhere = () => [app.home, ...places.all()]
  const args = (config.use?.launchOptions?.args ?? []).filter((arg) => !tidying.includes(arg))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    args,
    ignoreDefaultArgs: tidying,
    env: { ...(process.env as Record<string, string>), ...places.env },
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  try {
    const page = await context.newPage()
    // A browser with a new profile has much to do first: where the token was too old by then, the next one is taken.
    await expect(async () => {
      await page.goto(app.address())
      await expect(page.getByRole('button', { name: 'Archive', exact: true })).toBeVisible({ timeout: 15_000 })
    }).toPass()
    await anHourOfWork(page, lab)
    expect(await page.title()).toBe('Scanside')
    expect(traces(everywhere(), lab.markers)).toEqual([])

    // The search finds what is there.
    const planted = join(profile, 'Default', 'Cache', 'Cache_Data')
    mkdirSync(planted, { recursive: true })
    for (const { bytes } of lab.markers) {
      writeFileSync(join(planted, 'data_9'), Buffer.concat([Buffer.alloc(4_097, 1), Buffer.from(bytes.toString('latin1'), 'utf16le')]))
      expect(traces([planted], lab.markers).length).toBeGreaterThan(0)
    }
    expect(traces(everywhere(), lab.markers).length).toBeGreaterThan(0)
    rmSync(join(planted, 'data_9'))

    // A page that was left and comes back from the browser's own memory or cache, and a reload, leave no more.
    await page.reload()
    await expect(page.getByRole('button', { name: 'Archive', exact: true })).toBeVisible()
    await page.goto('about:blank')
    await page.goBack()
    expect(traces(everywhere(), lab.markers)).toEqual([])
  } finally {
    await context.close()
    await app.stop(true)
    await lab.stop()
  }
  expect(traces(everywhere(), lab.markers)).toEqual([])
  for (const name of Object.values(names)) expect(app.output()).not.toContain(name)
  rmSync(app.home, { recursive: true, force: true })
  places.remove()
})
