/** `npm run archive -- [--port N] [--https-port N] [--folder DIR] [--context /xnat] [--faults] [--pyxnat] [--large]`: the demo archive by hand. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createFaults } from './faults.ts'
import { demoUser, seedDemo } from './seed.ts'
import { seedPyxnat } from './seed-pyxnat.ts'
import { createArchive } from './server.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'https-port': { type: 'string', default: '0' },
    folder: { type: 'string' },
    context: { type: 'string', default: '' },
    faults: { type: 'boolean', default: false },
    pyxnat: { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
  },
})

async function main(): Promise<void> {
  const archive = createArchive({
    port: Number(values.port),
    httpsPort: Number(values['https-port']),
    contextPath: values.context,
    ...(values.folder === undefined ? {} : { folder: values.folder }),
    ...(values.faults ? { faults: createFaults() } : {}),
    seed(lab, gate) {
      seedDemo(lab, gate, { large: values.large })
      if (values.pyxnat) seedPyxnat(lab, gate)
    },
  })
  await archive.start()
  const folder = await mkdtemp(join(tmpdir(), 'scanside-demo-'))
  const ca = join(folder, 'ca.pem')
  await writeFile(ca, archive.ca, { mode: 0o600 })
  console.log('DEMO archive: generated scans and invented people, on this machine only.')
  console.log(`  ${archive.urls.http}\n  ${archive.urls.https}   (authority: ${ca})`)
  console.log(`  user ${demoUser.login}, password ${demoUser.password}`)
  if (values.faults) console.log('  faults: POST JSON to /__faults')
  const end = async () => {
    await archive.stop()
    await rm(folder, { recursive: true, force: true })
    process.exit(0)
  }
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
}

await main()
