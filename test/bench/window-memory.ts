/** How much memory a page's process holds, without what the automation that drives it keeps for itself. */
import { readFileSync } from 'node:fs'
import type { Browser, CDPSession, Page } from '@playwright/test'

/** The process a page runs in: the one that gets busy when the page does. */
export async function processOf(browser: Browser, page: Page): Promise<number> {
  const session = await browser.newBrowserCDPSession()
  const before = (await session.send('SystemInfo.getProcessInfo')).processInfo
  await page.evaluate(() => {
    const until = performance.now() + 300
    while (performance.now() < until);
  })
  const after = (await session.send('SystemInfo.getProcessInfo')).processInfo
  await session.detach()
  const grown = (id: number) => (after.find((one) => one.id === id)?.cpuTime ?? 0) - (before.find((one) => one.id === id)?.cpuTime ?? 0)
  return after.filter(({ type }) => type === 'renderer').reduce((best, { id }) => (grown(id) > grown(best) ? id : best), 0)
}

interface DumpEvent {
  ph: string
  pid: number
  args?: { dumps?: { allocators?: Record<string, { attrs?: { size?: { value: string } } }> } }
}

/** Bytes of network answers that the developer tools' protocol keeps in a page's process, for whoever might ask for them. */
async function keptAnswers(session: CDPSession, pid: number): Promise<number> {
  const events: DumpEvent[] = []
  const collect = ({ value }: { value: object[] }) => events.push(...(value as DumpEvent[]))
  session.on('Tracing.dataCollected', collect)
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
  const traceConfig = { includedCategories: ['disabled-by-default-memory-infra'], memoryDumpConfig: {} }
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig })
  await session.send('Tracing.requestMemoryDump', { deterministic: true, levelOfDetail: 'detailed' })
  await session.send('Tracing.end')
  await complete
  const found = events.find((event) => event.ph === 'v' && event.pid === pid && event.args?.dumps?.allocators)
  const size = found?.args?.dumps?.allocators?.['partition_alloc/partitions/buffer']?.attrs?.size?.value
  return size === undefined ? 0 : Number.parseInt(size, 16)
}

/** Bytes of its own that a process holds, after a collection: heap, pixels, canvases, WebAssembly of its workers. */
export async function heldBy(browser: Browser, pid: number): Promise<number> {
  const session = await browser.newBrowserCDPSession()
  const kept = await keptAnswers(session, pid)
  await session.detach()
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) * 1024 - kept
}
