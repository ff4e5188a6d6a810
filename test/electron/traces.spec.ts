/** No trace in the window: after an hour of work neither a row of pixels nor a name lies anywhere on this machine, nor for long on the clipboard. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { _electron, expect, test } from '@playwright/test'
import { prepareHome, root } from '../support/application.ts'
import { anHourOfWork, startMarkedLab } from '../support/marked-lab.ts'
import { names, privatePlaces, traces } from '../support/traces.ts'

const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, 'node_modules', 'electron', 'dist')

test('nothing is found while Scanside runs, nothing when it has ended, and the clipboard is cleared', async () => {
  test.setTimeout(400_000)
  const lab = await startMarkedLab()
  const places = privatePlaces()
  const { home, env } = prepareHome(lab.site)
  const everywhere = () => [home, ...places.all()]
  const app = await _electron.launch({
    executablePath: join(dist, 'electron'),
    args: [root],
    env: { ...(process.env as Record<string, string>), ...places.env, ...env },
  })
  let said = ''
  app.process().stdout?.on('data', (data) => (said += String(data)))
  app.process().stderr?.on('data', (data) => (said += String(data)))
  try {
    const page = await app.firstWindow()
    await anHourOfWork(page, lab)

    const held = () =>
      app.evaluate(async ({ clipboard }) => {
        const older = clipboard as unknown as { readImage?: () => { isEmpty(): boolean } }
        return { text: await clipboard.readText(), picture: older.readImage ? !older.readImage().isEmpty() : null }
      })
    expect((await held()).picture).toBe(true)
    expect(traces(everywhere(), lab.markers)).toEqual([])

    // The search finds what is there: planted where such things lie, it is told.
    const planted = join(home, 'window', 'Cache')
    mkdirSync(planted, { recursive: true })
    for (const { bytes } of lab.markers) {
      writeFileSync(join(planted, 'data_1'), Buffer.concat([Buffer.alloc(4_099, 1), Buffer.from(bytes.toString('base64')), bytes]))
      expect(traces([planted], lab.markers).length).toBeGreaterThan(0)
    }
    expect(traces(everywhere(), lab.markers).length).toBeGreaterThan(0)
    rmSync(planted, { recursive: true })

    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.getTitle()))).toEqual(['Scanside'])

    // What was copied last has its minute; then it is gone, and what somebody else has put there is not.
    await page.evaluate(
      (text) => (Reflect.get(window, 'scanside') as { invoke(method: string, input: object): Promise<unknown> }).invoke('app.copyText', { text }),
      names.patient,
    )
    expect((await held()).text).toBe(names.patient)
    await expect.poll(async () => (await held()).text, { timeout: 120_000, intervals: [1_000] }).toBe('')
    await page.evaluate(
      (text) => (Reflect.get(window, 'scanside') as { invoke(method: string, input: object): Promise<unknown> }).invoke('app.copyText', { text }),
      names.patient,
    )
    await app.evaluate(({ clipboard }) => void clipboard.writeText('a letter to a friend'))
    expect((await held()).text).toBe('a letter to a friend')
    expect(traces(everywhere(), lab.markers)).toEqual([])
  } finally {
    await app.close()
    await lab.stop()
  }
  expect(traces(everywhere(), lab.markers)).toEqual([])
  for (const name of Object.values(names)) expect(said).not.toContain(name)
  rmSync(home, { recursive: true, force: true })
  places.remove()
})
