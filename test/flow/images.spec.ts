/** Images that come from files, and images that misbehave: refused or failed with a sentence, never shown as pass, always wiped. */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { expect, type Page, test } from '@playwright/test'
import { busyboxArchive } from '../engine/busybox-image.ts'
import { type RunningApplication, startApplication } from '../support/application.ts'
import { startArchive, type TestArchive } from '../support/demo.ts'
import { managedThings } from '../support/engine.ts'
import { openSession, signIn } from '../support/lab-page.ts'

/** A command that does what `script` says, as an image label holds it. */
function label(name: string, script: string): Record<string, string> {
  const command = {
    name,
    label: name,
    description: 'Misbehaves for a test.',
    version: '1',
    type: 'docker',
    'schema-version': '1.0',
    image: `scanside-test/${name}:1`,
    'command-line': `/bin/busybox sh -c "${script}"`,
    mounts: [
      { name: 'in', path: '/input', writable: false },
      { name: 'out', path: '/output', writable: true },
    ],
    inputs: [],
    outputs: [{ name: 'results', mount: 'out', path: 'results.json' }],
    xnat: [
      {
        name: `${name}-scan`,
        label: name,
        contexts: ['xnat:optScanData'],
        'external-inputs': [{ name: 'scan', type: 'Scan', required: true, 'provides-files-for-command-mount': 'in' }],
        'derived-inputs': [],
        'output-handlers': [],
      },
    ],
  }
  return { 'org.nrg.commands': JSON.stringify([command]) }
}

let archive: TestArchive
let app: RunningApplication
const loaded: string[] = []

test.beforeEach(async ({ page }) => {
  archive = await startArchive()
  app = await startApplication(archive.site)
  await page.goto(app.address())
  await signIn(page, 'demo', 'demo')
})

test.afterEach(async () => {
  await app.stop(true)
  await archive.stop()
  for (const name of loaded.splice(0)) spawnSync('docker', ['image', 'rm', '-f', name], { stdio: 'ignore' })
  const left = managedThings(app.home)
  rmSync(app.home, { recursive: true, force: true })
  expect(left).toEqual([])
})

async function loadFromFile(page: Page, bytes: Uint8Array): Promise<void> {
  await page.getByRole('button', { name: 'Settings' }).click()
  const chosen = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: /Load from file/ }).click()
  await (await chosen).setFiles({ name: 'image.tar', mimeType: 'application/x-tar', buffer: Buffer.from(bytes) })
}

test('an image without the label is refused, a file that is none as well', async ({ page }) => {
  await loadFromFile(page, await busyboxArchive({ name: 'scanside-test/unlabelled:1' }))
  await expect(page.getByText(/org\.nrg\.commands|no pipeline|describes no/i).first()).toBeVisible()
  expect(spawnSync('docker', ['image', 'inspect', 'scanside-test/unlabelled:1'], { stdio: 'ignore' }).status).not.toBe(0)
  await loadFromFile(page, (await busyboxArchive()).subarray(0, 200_000))
  await expect(page.getByText(/not a whole image archive/).first()).toBeVisible()
})

const misdeeds: [string, string, RegExp][] = [
  ['no-results', 'exit 0', /results\.json|no result/i],
  ['malformed', 'echo {NaN > /output/results.json', /results\.json|result/i],
  ['fails', 'echo broken pipe >&2; exit 3', /exit code 3|ended with 3|\b3\b/],
  ['link', 'ln -s /etc/passwd /output/results.json', /link/i],
  ['html', 'echo PHNjcmlwdD4= > /output/results.json', /result/i],
]
for (const [name, script, sentence] of misdeeds) {
  test(`a run that misbehaves (${name}) fails with a sentence and is wiped`, async ({ page }) => {
    loaded.push(`scanside-test/${name}:1`)
    await loadFromFile(page, await busyboxArchive({ name: `scanside-test/${name}:1`, labels: label(name, script) }))
    await expect(page.getByText(new RegExp(`scanside-test/${name}:1`)).first()).toBeVisible()
    await page.getByRole('button', { name: 'Archive', exact: true }).click()
    await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
    await page
      .getByRole('row')
      .filter({ has: page.getByText('Scan 1', { exact: true }) })
      .getByRole('checkbox')
      .click()
    await page.getByRole('button', { name: /^Run…/ }).click()
    const choice = page.getByRole('combobox', { name: 'Pipeline' })
    const option = await choice.locator('option').filter({ hasText: name }).first().getAttribute('value')
    await choice.selectOption(option)
    await page.getByRole('button', { name: /Run here/ }).click()
    await expect(page.getByRole('button', { name: 'Failed 1', exact: true })).toBeVisible({ timeout: 60_000 })
    await expect(page.getByText(sentence).first()).toBeVisible()
    await expect(page.getByText('usable', { exact: true })).toHaveCount(0)
    await expect(page.getByRole('table', { name: 'Receipt' }).getByText('listing by label is empty', { exact: false })).toHaveCount(4)
    expect(managedThings(app.home)).toEqual([])
  })
}
