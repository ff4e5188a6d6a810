/** The main job once more in a real Electron, and what the page may not reach there. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { _electron, expect, test } from '@playwright/test'
import { filesWith, prepareHome, root } from '../support/application.ts'
import { startArchive } from '../support/demo.ts'
import { managedThings } from '../support/engine.ts'
import { chooseForRun, openSession, runHere, signIn, watchComplaints } from '../support/lab-page.ts'

const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, 'node_modules', 'electron', 'dist')

test('sign in, run, see, nothing left, nothing of Node in the page', async () => {
  const archive = await startArchive()
  const { home, env } = prepareHome(archive.site)
  const app = await _electron.launch({
    executablePath: join(dist, 'electron'),
    args: [root],
    env: { ...(process.env as Record<string, string>), ...env },
  })
  try {
    const page = await app.firstWindow()
    const complaints = watchComplaints(page)
    await signIn(page, 'demo', 'demo')
    await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
    await chooseForRun(page, 'Scan 1')
    await runHere(page)
    await expect(page.getByRole('table', { name: 'Receipt' }).getByText('listing by label is empty', { exact: false })).toHaveCount(4)
    expect(managedThings(home)).toEqual([])
    await page.getByRole('button', { name: /Open in viewer/ }).click()
    await expect(page.getByRole('status', { name: 'Verdict' })).toContainText(/usable/i)
    await expect(page.getByRole('img', { name: /Ring of B-scan 1/ })).toBeVisible()

    expect(page.url()).toBe('app://scanside/index.html')
    const reach = await page.evaluate(() => ({
      require: typeof Reflect.get(window, 'require'),
      process: typeof Reflect.get(window, 'process'),
      ipcRenderer: typeof Reflect.get(window, 'ipcRenderer'),
      electron: typeof Reflect.get(window, 'electron'),
      bridge: Object.keys(Reflect.get(window, 'scanside') as object),
    }))
    expect(reach).toEqual({ require: 'undefined', process: 'undefined', ipcRenderer: 'undefined', electron: 'undefined', bridge: ['invoke', 'on'] })
    expect(statSync(join(root, 'out', 'preload', 'preload.cjs')).size).toBeLessThan(4_000)

    // Where a page may not go, it does not: neither by itself nor in a new window.
    await page.evaluate(() => window.open('https://example.org/'))
    await page.evaluate(() => {
      window.location.href = 'file:///etc/hostname'
    })
    await expect(page.getByRole('status', { name: 'Verdict' })).toBeVisible()
    expect(app.windows()).toHaveLength(1)
    expect(complaints.filter((line) => !line.includes('file:///etc/hostname'))).toEqual([])
  } finally {
    await app.close()
    await archive.stop()
  }
  // What the window leaves behind holds no label and no pixel.
  expect(filesWith(home, 'P-0142')).toEqual([])
})
