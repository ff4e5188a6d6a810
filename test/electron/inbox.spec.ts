/** At the device in a real Electron: a scan comes into the watched folder, is judged by the application's own workers and seen. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { _electron, expect, test } from '@playwright/test'
import { filesWith, prepareHome, root } from '../support/application.ts'
import { createDevice } from '../support/device.ts'
import { watchComplaints } from '../support/lab-page.ts'

const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, 'node_modules', 'electron', 'dist')

test('a scan is judged where it arrives, and seen', async () => {
  const device = createDevice()
  const { home, env } = prepareHome({ demo: false, inbox: { folders: [{ path: device.folder, label: 'Device 1' }] } })
  const app = await _electron.launch({
    executablePath: join(dist, 'electron'),
    args: [root],
    env: { ...(process.env as Record<string, string>), ...env },
  })
  try {
    const page = await app.firstWindow()
    const complaints = watchComplaints(page)
    device.take('ring.vol', { pattern: 'ring', laterality: 'OD', seed: 71, width: 384, fault: 'cut-upper' }, { patient: 'P-7719', visit: 'V02' })
    const verdict = page.getByRole('region', { name: 'Verdict being read' })
    await expect(verdict.getByRole('heading', { name: 'TAKE AGAIN' })).toBeVisible()
    await expect(verdict).toContainText('P-7719')
    await expect(verdict.locator('[data-screen-ms]')).toBeVisible()
    expect(complaints).toEqual([])
  } finally {
    await app.close()
    device.remove()
  }
  expect(filesWith(home, 'P-7719')).toEqual([])
  rmSync(home, { recursive: true, force: true })
})
