/** A lab in which every name and some rows of pixels stand out, and what a person does there in an hour: shown, judged, run, copied. */
import { expect, type Page } from '@playwright/test'
import { startArchive, type TestArchive } from './demo.ts'
import { createDevice, type TestDevice } from './device.ts'
import { chooseOwnAnalysis, openSession, runHere, signIn } from './lab-page.ts'
import { type Marker, markedScan, nameMarkers, names } from './traces.ts'

export interface MarkedLab {
  archive: TestArchive
  device: TestDevice
  site: object
  /** All that must not be found. */
  markers: Marker[]
  /** A scan is exported by the device. */
  take(): void
  stop(): Promise<void>
}

export async function startMarkedLab(): Promise<MarkedLab> {
  const archive = await startArchive()
  const inArchive = markedScan(81)
  const atDevice = markedScan(82)
  const session = `/data/projects/${names.project}/subjects/${names.subject}/experiments/${names.session}`
  await archive.put(`/data/projects/${names.project}`)
  await archive.put(`${session}?xsiType=xnat:optSessionData&date=03/11/2024`)
  await archive.put(`${session}/scans/1?xsiType=xnat:optScanData&xnat:optScanData/type=Macula&xnat:optScanData/parameters/laterality=R`)
  await archive.put(`${session}/scans/1/resources/VOL/files/${names.file}.vol?inbody=true`, inArchive.bytes)
  const device = createDevice()
  return {
    archive,
    device,
    site: { ...archive.site, inbox: { folders: [{ path: device.folder, label: 'Device 1' }] } },
    markers: [...nameMarkers, ...inArchive.markers, ...atDevice.markers],
    take: () => device.put('export.vol', atDevice.bytes),
    async stop() {
      device.remove()
      await archive.stop()
    },
  }
}

/** Reads a verdict in the Inbox, runs on a scan of the archive, looks at both of its pictures and copies what is on the screen. */
export async function anHourOfWork(page: Page, lab: MarkedLab): Promise<void> {
  lab.take()
  const verdict = page.getByRole('region', { name: 'Verdict being read' })
  await expect(verdict.getByRole('heading')).toBeVisible()
  await expect(verdict).toContainText(names.patient)
  await page.getByRole('button', { name: 'Archive', exact: true }).click()
  await signIn(page, 'demo', 'demo')
  await openSession(page, names.project, names.subject, names.session)
  await page
    .getByRole('row')
    .filter({ has: page.getByText('Scan 1', { exact: true }) })
    .getByRole('checkbox')
    .click()
  await page.getByRole('button', { name: /^Run…/ }).click()
  // In the desk's own process: the bytes pass through what is looked at here.
  await chooseOwnAnalysis(page)
  await runHere(page)
  await page.getByRole('button', { name: /Open in viewer/ }).click()
  await expect(page.getByRole('region', { name: 'SLO' })).toBeVisible()
  await expect(page.getByRole('status', { name: 'Verdict' })).not.toBeEmpty()
  await page.getByRole('slider', { name: 'B-scan shown' }).focus()
  for (let step = 0; step < 6; step++) await page.keyboard.press('ArrowRight')
  await page.keyboard.press('s')
  const row = page.getByRole('region', { name: 'Save a picture' })
  // The picture names whom it shows only where a person says so: here they do.
  await row.getByText('Add subject, session and date').click()
  await row.getByRole('button', { name: 'Copy picture' }).click()
  await expect(row.getByRole('status')).toHaveText('Copied.')
}
