/** An archive whose names want to be more than text: they are shown as text, run nothing, ask nothing of anybody, and forge no direction of reading. */
import { expect, test } from '@playwright/test'
import { addProject, addScan } from '../../demo/model.ts'
import { startApplication } from '../support/application.ts'
import { startArchive } from '../support/demo.ts'
import { openSession, signIn, watchComplaints } from '../support/lab-page.ts'

const picture = '<img src="https://elsewhere.invalid/x.png" onerror="document.title=\'run\'">'
const script = '</span><script>document.title="run"</script><svg onload=document.title="run">'
const turned = 'ring \u202etxet\u202c \u0000\u001b[31mred'

test('names of an archive are text', async ({ page }) => {
  const complaints = watchComplaints(page)
  const elsewhere: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith('http://127.0.0.1:')) elsewhere.push(request.url())
  })
  page.on('dialog', () => elsewhere.push('dialog'))
  // Its own doors would write them as HTML's text: this one has been broken into.
  const archive = await startArchive({
    more: (lab) => {
      const session = [...lab.experiments.values()].find(({ label }) => label === 'P-0142_V01')
      if (!session) throw new Error('The demo lab has no such session.')
      for (const [id, type] of Object.entries({ 71: picture, 72: script, 73: turned }))
        addScan(lab, session, id, 'xnat:optScanData', 'demo').body.fields.set('type', type)
      addProject(lab, 'HOSTILE', 'demo', { name: script, description: picture })
    },
  })
  const app = await startApplication(archive.site)
  try {
    await page.goto(app.address())
    await signIn(page, 'demo', 'demo')
    await expect(page.getByRole('button', { name: 'HOSTILE', exact: true })).toBeVisible()
    await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
    await expect(page.getByRole('row', { name: /Scan 71\b/ })).toContainText(picture)
    await expect(page.getByRole('row', { name: /Scan 72\b/ })).toContainText(script)
    const forged = (await page.getByRole('row', { name: /Scan 73\b/ }).textContent()) ?? ''
    expect(forged).toContain('ring')
    // Control and direction marks alone: every other character may stand in a name.
    expect(forged).not.toMatch(/[\p{Cf}]|[^\P{Cc}\t\n]/u)
    await page.getByRole('row', { name: /Scan 72\b/ }).dblclick()
    await expect(page.getByRole('alert').first()).toBeVisible()
    expect(await page.title()).not.toContain('run')
    expect(await page.locator('main img, main svg[onload], script:not([src])').count()).toBe(0)
    expect(elsewhere).toEqual([])
    expect(complaints).toEqual([])
  } finally {
    await app.stop()
    await archive.stop()
  }
})
