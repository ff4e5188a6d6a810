/** The cloud's part of the window where there is no cloud: entries that cannot be used, forms that are not sent, and a run's place. */
import { expect, type Locator, type Page, test } from '@playwright/test'
import { filesWith, type RunningApplication, startApplication } from '../support/application.ts'
import { chooseForRun, openSession, watchComplaints } from '../support/lab-page.ts'

const marker = 'MARKER-OF-A-SECRET'
/** The discard port of this machine: nothing listens there. */
const nobody = 'http://127.0.0.1:9/v3'
const yaml = (name: string, text: string) => ({ name, mimeType: 'application/yaml', buffer: Buffer.from(text) })
const entry = (auth: string) => `clouds:\n  institute:\n    region_name: One\n    auth: {${auth}}\n`
const person = `username: mr, project_name: optic, user_domain_name: Default, project_domain_name: Default`

let app: RunningApplication
let complaints: string[]

test.beforeEach(async ({ page }) => {
  app = await startApplication(null)
  complaints = watchComplaints(page)
  await page.goto(app.address())
})

test.afterEach(async () => {
  await app.stop()
  expect(complaints).toEqual([])
})

/** The status bar leads there from anywhere. */
async function openCloud(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Cloud not set up' }).click()
  await expect(page.getByRole('heading', { name: 'Cloud', exact: true })).toBeFocused()
  return page.getByRole('region', { name: 'Cloud', exact: true })
}

/** Chooses files as a person would; the chooser itself is the system's. */
const choose = (section: Locator, ...files: ReturnType<typeof yaml>[]) => section.locator('input[type=file][accept*=yaml]').setInputFiles(files)

test('a clouds.yaml with its secure.yaml: the entry is shown without its secret, and a cloud that does not answer is said', async ({ page }) => {
  const section = await openCloud(page)
  await choose(section, yaml('secure.yaml', entry(`password: ${marker}`)), yaml('clouds.yaml', entry(`auth_url: "${nobody}", ${person}`)))
  await expect(section.getByText('In the files you chose')).toBeVisible()
  const found = section.getByRole('button', { name: /^institute/ })
  await expect(found).toHaveAttribute('aria-expanded', 'true')
  await expect(found).toContainText('127.0.0.1:9')
  await expect(section.getByRole('checkbox', { name: /Exchange the password/ })).toBeChecked()
  await section.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(section.getByRole('alert')).toContainText('cannot be reached')
  await expect(section.getByText('No cloud is set up at this desk.')).toBeVisible()
  await expect(section.getByRole('button', { name: 'Sign in', exact: true })).toBeEnabled()
  expect(await page.content()).not.toContain(marker)
  expect(filesWith(app.home, marker)).toEqual([])
  expect(app.output()).not.toContain(marker)
  await section.getByRole('button', { name: 'Back to those found' }).click()
  await expect(found).toBeHidden()
})

test('files that hold no cloud are refused with a sentence', async ({ page }) => {
  const section = await openCloud(page)
  const said = section.getByRole('alert')
  await choose(section, yaml('notes.txt', 'hello'))
  await expect(said).toContainText('None of these files is a clouds.yaml.')
  await choose(section, yaml('clouds.yaml', 'clouds: {}'), yaml('other.yaml', 'clouds: {}'))
  await expect(said).toContainText('several clouds.yaml')
  await choose(section, yaml('clouds.yaml', `# ${'x'.repeat(1_000_001)}`))
  await expect(said).toContainText('over 1 MB')
  await choose(section, yaml('clouds.yaml', `clouds: [${marker}`))
  await expect(said).not.toContainText('over 1 MB')
  await expect(said).toBeVisible()
  expect(await section.textContent()).not.toContain(marker)
})

test('a dropped clouds.yaml is read where it is dropped, and is no scan', async ({ page }) => {
  const section = await openCloud(page)
  await page.evaluate(
    ([text]) => {
      const frame = document.querySelector('[data-takes-files]')
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([text ?? ''], 'clouds.yaml'))
      for (const type of ['dragover', 'drop']) frame?.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }))
    },
    [entry(`auth_url: "${nobody}", application_credential_id: abc, application_credential_secret: ${marker}`)],
  )
  const found = section.getByRole('button', { name: /^institute/ })
  await expect(found).toContainText('application credential')
  await expect(page.getByText('This is not an OCT scan that Scanside knows.', { exact: false })).toBeHidden()
  expect(await page.content()).not.toContain(marker)
})

test('by hand: what is missing or would travel in the clear is not sent', async ({ page }) => {
  const section = await openCloud(page)
  await section.getByRole('button', { name: 'By hand' }).click()
  const submit = section.getByRole('button', { name: 'Sign in', exact: true })
  const said = section.getByRole('alert')
  const address = section.getByRole('textbox', { name: 'Identity address' })
  await submit.click()
  await expect(said).toContainText('Identity address is needed.')
  await expect(address).toBeFocused()
  await address.fill('keystone')
  await submit.click()
  await expect(said).toContainText('must be a whole address')
  await address.fill('http://keystone.example.org/v3')
  await submit.click()
  await expect(said).toContainText('must begin with https://')
  await address.fill(nobody)
  const certificate = section.getByRole('textbox', { name: /Certificate of the institute/ })
  await certificate.fill(`-----BEGIN PRIVATE KEY-----\n${marker}\n-----END PRIVATE KEY-----`)
  await submit.click()
  await expect(said).toContainText('This is a private key')
  await expect(certificate).toHaveValue('')
  await submit.click()
  await expect(said).toContainText('Credential ID is needed.')
  await section.getByRole('textbox', { name: 'Credential ID' }).fill('abc')
  const secret = section.getByRole('textbox', { name: 'Secret' })
  await secret.fill(marker)
  await submit.click()
  await expect(said).toContainText('cannot be reached')
  await expect(secret).toHaveValue('')
  await section.getByRole('button', { name: 'Password', exact: true }).click()
  await expect(said).toBeHidden()
  for (const field of ['User', 'User’s domain', 'Project', 'Project’s domain', 'Password'])
    await expect(section.getByRole('textbox', { name: field, exact: true })).toBeVisible()
  expect(filesWith(app.home, marker)).toEqual([])
})

test('without a cloud a run has one place, and the other says why and where to go', async ({ page }) => {
  await expect(page.getByText('Docker ready')).toBeVisible()
  await page.getByRole('button', { name: 'Open the demo lab' }).click()
  await openSession(page, 'DEMO-MS', 'P-0142', 'P-0142_V01')
  await chooseForRun(page, 'Scan 1')
  const sheet = page.getByRole('complementary', { name: 'Run' })
  await expect(sheet.getByRole('radio')).toHaveCount(2)
  await expect(sheet.getByRole('radio', { name: /^This desk/ })).toBeChecked()
  await expect(sheet.getByRole('radio', { name: /^Institute cloud/ })).toBeDisabled()
  await expect(sheet.getByText('Not set up at this desk.')).toBeVisible()
  await expect(sheet.getByText(/^(about|under) /)).toBeVisible()
  await sheet.getByRole('button', { name: 'Set up in Settings' }).click()
  await expect(page.getByRole('heading', { name: 'Cloud', exact: true })).toBeFocused()
})
