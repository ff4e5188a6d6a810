/**
 * `npm run bench:inbox`: from the last byte readable in a watched folder on a local disk to the verdict on the screen, in Chromium with the
 * built application. A ring and a volume of 61 x 768 x 496 (93 MB), each a fresh patient. Prints the Inbox's own three numbers (copy,
 * analysis, screen), the first word and the whole, and ratios against reading and hashing the same file with sha256sum in the same run.
 * Prints goals; asserts none.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import type { SynthOptions } from '../../oct/synth/index.ts'
import { root, startApplication } from '../support/application.ts'
import { exported } from '../support/device.ts'

const rounds = Number(process.env.SCANSIDE_BENCH_ROUNDS ?? 5)

const scans: { name: string; goal: number; options: SynthOptions }[] = [
  { name: 'ring 768 x 496', goal: 1_500, options: { pattern: 'ring', laterality: 'OD', seed: 5 } },
  { name: 'volume 61 x 768 x 496', goal: 3_000, options: { pattern: 'volume', laterality: 'OD', seed: 5, frames: 61, width: 768 } },
]

interface Times {
  /** ms since the last byte was readable; `word` null where the verdict came first */
  word: number | null
  verdict: number
  painted: number
  copy: number
  analysis: number
  screen: number
  sha256sum: number
}

/** Moments (epoch ms) at which the region of the verdict being read shows a first word, a verdict, its pictures. Runs in the page. */
function watchReading(
  patient: string,
): Promise<{ word: number | null; verdict: number; painted: number; copy: number; analysis: number; screen: number }> {
  return new Promise((resolve) => {
    let word: number | null = null
    let verdict: number | null = null
    const look = () => {
      // What is being read stays: the first word on the next scan stands in the list beside it.
      if (verdict === null && document.querySelector('li[data-first]')) word ??= Date.now()
      const region = document.querySelector('section[data-scan]')
      if (region?.textContent?.includes(patient)) {
        const now = Date.now()
        if (region.hasAttribute('data-verdict')) verdict ??= now
        const told = region.querySelector<HTMLElement>('[data-screen-ms]')
        if (verdict !== null && told) {
          const of = (name: string) => Number(told.dataset[name])
          return resolve({ word, verdict, painted: now, copy: of('copyMs'), analysis: of('analysisMs'), screen: of('screenMs') })
        }
      }
      requestAnimationFrame(look)
    }
    look()
  })
}

async function oneScan(page: Page, folder: string, part: string, options: SynthOptions, patient: string): Promise<Times> {
  writeFileSync(part, exported(options, { patient, visit: 'V01' }))
  const before = performance.now()
  execFileSync('sha256sum', [part])
  const sha256sum = performance.now() - before
  const watched = page.evaluate(watchReading, patient)
  const from = Date.now()
  renameSync(part, join(folder, `${patient}.vol`))
  // What is being read is not replaced by itself: the next is asked for, as a person does, as soon as it waits.
  const press = setInterval(() => void page.keyboard.press('Space').catch(() => undefined), 20)
  const seen = await watched
  clearInterval(press)
  return { ...seen, word: seen.word === null ? null : seen.word - from, verdict: seen.verdict - from, painted: seen.painted - from, sha256sum }
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
const ms = (value: number) => `${Math.round(value)} ms`

const folder = mkdtempSync(join(root, 'out', 'bench-export-'))
const app = await startApplication({ demo: false, inbox: { folders: [{ path: folder, label: 'Device' }] } })
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  // tsx names the functions it compiles by a function of its own, which a page does not have.
  await page.addInitScript({ content: 'globalThis.__name ??= (value) => value' })
  await page.goto(app.address())
  await page.waitForTimeout(3_000)
  await oneScan(page, folder, `${folder}.part`, { pattern: 'line', laterality: 'OS', seed: 1 }, 'B-warm')
  for (const { name, goal, options } of scans) {
    const times: Times[] = []
    for (let round = 0; round < rounds; round++) {
      times.push(await oneScan(page, folder, `${folder}.part`, { ...options, take: round }, `B-${options.pattern}-${round}`))
      await page.waitForTimeout(500)
    }
    const of = (key: Exclude<keyof Times, 'word'>) => median(times.map((each) => each[key]))
    const words = times.flatMap(({ word }) => word ?? [])
    const first = words.length > 0 ? `${ms(median(words))} (goal 1,000 ms)` : 'the verdict came first'
    console.log(`${name}, ${rounds} rounds, medians`)
    console.log(`  copy ${ms(of('copy'))}, analysis ${ms(of('analysis'))}, screen ${ms(of('screen'))}`)
    console.log(
      `  first word ${first}; verdict ${ms(of('verdict'))}; with its pictures ${ms(of('painted'))} (goal ${goal} ms: ${of('painted') <= goal ? 'met' : 'missed'})`,
    )
    console.log(`  sha256sum of the same file ${ms(of('sha256sum'))}: the whole is ${(of('painted') / of('sha256sum')).toFixed(1)} x`)
  }
} finally {
  await browser.close()
  await app.stop()
  rmSync(folder, { recursive: true, force: true })
  rmSync(`${folder}.part`, { force: true })
}
