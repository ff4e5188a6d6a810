/** The window without a mouse: what Tab reaches and in which order, that the focus is seen, that everything has a name, and a run by keys alone. */
import { expect, type Locator, type Page, test } from '@playwright/test'
import { type RunningApplication, startApplication } from '../support/application.ts'
import { openSession, readyToRun, watchComplaints } from '../support/lab-page.ts'

let app: RunningApplication
let complaints: string[]

test.beforeEach(async ({ page }) => {
  app = await startApplication(null)
  complaints = watchComplaints(page)
  await page.goto(app.address())
  await expect(page.getByText('Docker ready')).toBeVisible()
})

test.afterEach(async () => {
  await app.stop()
  expect(complaints).toEqual([])
})

interface Stop {
  what: string
  /** Whether the focus changes how it, or the field around it, looks. */
  seen: boolean
  /** Whether it lies in the window and under nothing. */
  inSight: boolean
}

/** Presses Tab until the focus has been everywhere; what it came to is marked with its turn, as rows and notes come and go meanwhile. */
async function tabStops(page: Page): Promise<Stop[]> {
  await page.evaluate(() => {
    for (const element of document.querySelectorAll('[data-turn]')) element.removeAttribute('data-turn')
    document.body.tabIndex = -1
    document.body.focus()
    document.body.removeAttribute('tabindex')
  })
  const stops: Stop[] = []
  for (let turn = 0; turn < 100; turn++) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate((mark): Stop | 'inside' | null => {
      const element = document.activeElement
      if (!(element instanceof HTMLElement) || element === document.body) return null
      // A date has several stops in itself.
      if (element.dataset.turn) return element.matches('[type=date]') ? 'inside' : null
      element.dataset.turn = String(mark)
      const box = element.getBoundingClientRect()
      const looks = [element, element.closest('.field')].map((one) => (one ? getComputedStyle(one) : null))
      const top = document.elementFromPoint(box.x + Math.min(box.width / 2, 40), box.y + box.height / 2)
      return {
        what: element.outerHTML.slice(0, 160),
        seen: looks.some((style) => style !== null && style.boxShadow !== 'none'),
        inSight: top !== null && (element.contains(top) || top.contains(element)),
      }
    }, turn)
    if (stop === null) break
    if (stop !== 'inside') stops.push(stop)
  }
  return stops
}

/** In the order of reading: the turn at which Tab came to each thing a hand could use, and those it never came to. */
function turns(page: Page): Promise<{ turns: number[]; missed: string[] }> {
  return page.evaluate(() => {
    const found = [...document.querySelectorAll<HTMLElement>('button, input, select, textarea, summary, [tabindex="0"]')].filter(
      (element) => !element.matches(':disabled, [tabindex="-1"], [type=file]') && element.checkVisibility({ visibilityProperty: true }),
    )
    return {
      turns: found.flatMap(({ dataset: { turn } }) => (turn ? [Number(turn)] : [])),
      missed: found.flatMap((element) => (element.dataset.turn ? [] : [element.outerHTML.slice(0, 160)])),
    }
  })
}

async function expectReachable(page: Page): Promise<void> {
  const stops = await tabStops(page)
  expect(stops.filter((stop) => !stop.seen).map((stop) => stop.what)).toEqual([])
  expect(stops.filter((stop) => !stop.inSight).map((stop) => stop.what)).toEqual([])
  const order = await turns(page)
  expect(order.missed).toEqual([])
  expect(order.turns).toEqual([...order.turns].sort((a, b) => a - b))
}

async function expectNamed(page: Page): Promise<void> {
  const controls = page.locator(
    ':is(button, input, select, textarea, [role=slider], [role=img], [role=application], [role=progressbar], canvas[role]):not([aria-hidden=true], [type=file])',
  )
  for (const control of await controls.all()) if (await control.isVisible()) await expect(control).toHaveAccessibleName(/\S/)
}

/** No page is wider than the window. */
async function expectWhole(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
  expect(content).toBeLessThanOrEqual(window ?? 0)
}

/** Presses Tab until the focus is there. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible()
  for (let pressed = 0; pressed < 100; pressed++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not reach ${target}`)
}

for (const [width, height] of [
  [1440, 900],
  [1280, 720],
  [720, 450],
] as const) {
  test(`at ${width} × ${height} everything is reached by Tab in the order of reading, seen and named`, async ({ page }) => {
    await page.setViewportSize({ width, height })
    await expectReachable(page)
    await expectNamed(page)
    await expectWhole(page)
    await page.getByRole('button', { name: 'Open the demo lab' }).click()
    await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Space')
    await expect(page.getByRole('button', { name: /^Run…/ })).toBeVisible()
    await expectReachable(page)
    await expectNamed(page)
    await expectWhole(page)
    for (const place of ['Inbox', 'Runs', 'Cohort', 'Settings']) {
      await page.getByRole('button', { name: place }).click()
      await expect(page.getByRole('heading', { level: 1, name: place })).toBeVisible()
      // The list of pipelines comes a moment after the settings and makes them longer.
      if (place === 'Settings') await expect(page.getByText('OCT quality of a scan (this application)')).toBeVisible()
      await expectReachable(page)
      await expectNamed(page)
      await expectWhole(page)
      const other = { Runs: 'Waiting to go home', Settings: 'Self-check' }[place]
      if (!other) continue
      await page.getByRole('button', { name: other, exact: true }).click()
      await expect(page.getByText(place === 'Runs' ? 'Nothing waits to go home' : /^Looked at /)).toBeVisible({ timeout: 60_000 })
      await expectReachable(page)
      await expectNamed(page)
      await expectWhole(page)
    }
  })
}

test('sign-in: address, user, password, then the way in, then the demo lab', async ({ page }) => {
  const way = [
    page.getByRole('textbox', { name: 'Archive address' }),
    page.getByRole('textbox', { name: 'User' }),
    page.getByRole('textbox', { name: 'Password' }),
    page.getByRole('button', { name: 'Sign in', exact: true }),
    page.getByRole('button', { name: 'Use a token instead' }),
    page.getByRole('button', { name: 'Open the demo lab' }),
  ]
  const order: number[] = []
  for (const one of way) order.push(await one.evaluate((element) => [...document.querySelectorAll('*')].indexOf(element)))
  expect(order).toEqual([...order].sort((a, b) => a - b))
  await way[0]?.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toBeVisible()
})

test('from the demo lab to a verdict and back by keys alone', async ({ page }) => {
  await tabTo(page, page.getByRole('button', { name: 'Open the demo lab' }))
  await page.keyboard.press('Enter')
  await tabTo(page, page.getByRole('button', { name: 'DEMO-MS', exact: true }))
  await page.keyboard.press('Enter')
  const rowOf = (label: string) => page.getByRole('row').filter({ has: page.getByText(label, { exact: true }) })
  await tabTo(page, rowOf('P-0142').first())
  await page.keyboard.press('ArrowRight')
  await expect(rowOf('P-0142_V01')).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await expect(rowOf('P-0142_V01')).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await expect(rowOf('Scan 1')).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await expect(rowOf('Scan 1')).toBeFocused()
  await page.keyboard.press('Space')
  await expect(rowOf('Scan 1')).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('r')

  await readyToRun(page, async (load) => {
    await tabTo(page, load)
    await page.keyboard.press('Enter')
  })
  await expectReachable(page)
  await expectNamed(page)
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('All results are home.')).toBeVisible({ timeout: 120_000 })
  await expectReachable(page)
  await expectNamed(page)

  const open = page.getByRole('button', { name: 'Open in viewer' })
  await tabTo(page, open)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('region', { name: 'Viewer' })).toBeFocused()
  await expect(page.getByRole('status', { name: 'Verdict' })).toBeVisible()
  await expect(page.getByRole('img', { name: /Layer lines/ })).toBeVisible()
  await expectNamed(page)
  const layers = page.getByRole('button', { name: /^Layers/ })
  await page.keyboard.press('l')
  await expect(layers).toHaveAttribute('aria-pressed', 'false')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('region', { name: 'Viewer' })).toBeHidden()
  await expect(open).toBeFocused()
})
