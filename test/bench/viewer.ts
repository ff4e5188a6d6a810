/**
 * `npm run bench:viewer`: how soon a scan is seen and how smoothly it is stepped through, in Chromium with the built application. A volume
 * of 61 x 768 x 496 as RAW export (93 MB) and as JPEG 2000 DICOM: times from the last byte in main's cache, frame times against a page
 * that does nothing in the same run, our own CPU time for a step, memory beside the 8-bit size. Prints goals; asserts none.
 */
import { type Browser, type CDPSession, chromium } from '@playwright/test'
import { startApplication } from '../support/application.ts'
import { type ViewerFixture, viewerFixtures } from './viewer-fixtures.ts'
import { idleFrames, longTasks, openedTimes, rendererName, stepThrough, watchLongTasks, watchUploads } from './viewer-page.ts'
import { heldBy, processOf } from './window-memory.ts'

const rounds = Number(process.env.SCANSIDE_BENCH_ROUNDS ?? 5)
const steps = 300
const goals = { frameTime: 1.2, memory: 2.5 }

interface Round {
  parsed: number
  first: number
  all: number
  /** p95 ms between frames: stepping, and in an empty page */
  stepping: number
  idle: number
  /** ms of the page's thread for a step: all tasks, script alone */
  task: number
  script: number
  long: number
  /** bytes the window's process grew by, as a multiple of the 8-bit size */
  memory: number
}

const sorted = (values: number[]) => [...values].sort((a, b) => a - b)
const quantile = (values: number[], share: number) => sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN
const median = (values: number[]) => quantile(values, 0.5)
const round = (value: number, digits = 0) => value.toFixed(digits)
const verdict = (met: boolean) => (met ? 'met' : 'missed')

async function metrics(session: CDPSession): Promise<{ task: number; script: number }> {
  const { metrics } = await session.send('Performance.getMetrics')
  const of = (name: string) => (metrics.find((metric) => metric.name === name)?.value ?? 0) * 1000
  return { task: of('TaskDuration'), script: of('ScriptDuration') }
}

async function oneRound(browser: Browser, fixture: ViewerFixture): Promise<Round> {
  const app = await startApplication(null)
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  // tsx names the functions it compiles by a function of its own, which a page does not have.
  await context.addInitScript({ content: 'globalThis.__name ??= (value) => value' })
  try {
    const empty = await context.newPage()
    await empty.goto('about:blank')
    const idle = await empty.evaluate(idleFrames, steps)
    await empty.close()

    const page = await context.newPage()
    await page.addInitScript(watchUploads)
    await page.goto(app.address())
    await page.getByRole('button', { name: 'Archive', exact: true }).click()
    // A person takes longer to choose a file: the window has had time to itself.
    await page.waitForTimeout(3_000)
    const session = await context.newCDPSession(page)
    await session.send('Performance.enable')
    const pid = await processOf(browser, page)
    const before = await heldBy(browser, pid)
    await page.evaluate(watchLongTasks)
    await page.locator('input[type=file]').first().setInputFiles(fixture.path)
    const times = await page.waitForFunction(openedTimes, undefined, { timeout: 120_000 })
    const { parsed, first, all } = (await times.jsonValue()) ?? { parsed: Number.NaN, first: Number.NaN, all: Number.NaN }

    await page.keyboard.press('End')
    await page.waitForTimeout(1_000)
    const long = await page.evaluate(longTasks)
    const from = await metrics(session)
    const stepping = await page.evaluate(stepThrough, { steps, frames: fixture.frames })
    const to = await metrics(session)
    const longSteps = (await page.evaluate(longTasks)) - long
    const memory = (await heldBy(browser, pid)) - before
    return {
      ...{ parsed, first, all, long: longSteps },
      stepping: quantile(stepping, 0.95),
      idle: quantile(idle, 0.95),
      task: (to.task - from.task) / steps,
      script: (to.script - from.script) / steps,
      memory: memory / fixture.grey,
    }
  } finally {
    await context.close()
    await app.stop()
  }
}

function tell(fixture: ViewerFixture, measured: Round[]): void {
  const of = (pick: (one: Round) => number) => median(measured.map(pick))
  const first = of(({ first }) => first)
  const ratio = of(({ stepping, idle }) => stepping / idle)
  const memory = of(({ memory }) => memory)
  console.log(`\n${fixture.name}, ${fixture.frames} B-scans; median of ${measured.length}, from the last byte in main's cache`)
  console.log(`  scan in the window        ${round(of(({ parsed }) => parsed))} ms`)
  console.log(`  first B-scan on screen    ${round(first)} ms   goal ${fixture.goal}: ${verdict(first <= fixture.goal)}`)
  console.log(`    of each round           ${measured.map((one) => round(one.first)).join(', ')} ms`)
  console.log(`  all B-scans decoded       ${round(of(({ all }) => all))} ms`)
  console.log(
    `  stepping, p95 frame time  ${round(
      of(({ stepping }) => stepping),
      1,
    )} ms, empty page ${round(
      of(({ idle }) => idle),
      1,
    )} ms: ` + `ratio ${round(ratio, 2)}   goal ${goals.frameTime}: ${verdict(ratio <= goals.frameTime)}`,
  )
  console.log(
    `  our CPU time per step     ${round(
      of(({ task }) => task),
      2,
    )} ms, of it script ${round(
      of(({ script }) => script),
      2,
    )} ms`,
  )
  console.log(`  tasks over 50 ms          ${of(({ long }) => long)} in ${steps} steps`)
  console.log(`  memory / 8-bit size       ${round(memory, 2)}   goal ${goals.memory}: ${verdict(memory <= goals.memory)}`)
}

const fixtures = await viewerFixtures()
const root = process.getuid?.() === 0
// No flag chooses the graphics: what this machine has is what is measured, and its name is printed.
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [...(root ? ['--no-sandbox'] : []), '--disable-background-networking'],
})
try {
  const page = await browser.newPage()
  await page.addInitScript({ content: 'globalThis.__name ??= (value) => value' })
  await page.goto('about:blank')
  console.log(
    `Chromium ${browser.version()}, ${await page.evaluate(rendererName)}, ${await page.evaluate(() => navigator.hardwareConcurrency)} processors`,
  )
  await page.close()
  for (const fixture of fixtures) {
    const measured: Round[] = []
    for (let done = 0; done < rounds; done++) measured.push(await oneRound(browser, fixture))
    tell(fixture, measured)
  }
} finally {
  await browser.close()
}
