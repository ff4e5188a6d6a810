import { describe, expect, it } from 'vitest'
import { readScan } from '../oct/formats/index.ts'
import { bytesSource } from '../oct/formats/vol.ts'
import { createGate } from './auth.ts'
import { createLab } from './model.ts'
import { seedDemo } from './seed.ts'

const lab = createLab(() => 0)
seedDemo(
  lab,
  createGate(() => 0),
)
const scans = [...lab.experiments.values()]
  .filter(({ project }) => project === 'DEMO-FORMATS')
  .flatMap(({ label, scans: all }) => all.map((scan) => ({ name: `${label} ${scan.id} ${scan.body.fields.get('type')}`, scan })))

describe('the demo lab’s formats', () => {
  it.each(scans)('$name is what its entry says', async ({ scan }) => {
    const [resource] = scan.resources
    const files = await Promise.all(
      [...(resource?.files.values() ?? [])].map(async ({ path, bytes }) => {
        const content = await bytes.read()
        expect(content).toHaveLength(bytes.size)
        return { name: path, source: bytesSource(content) }
      }),
    )
    const read = await readScan(files)
    const field = (path: string) => scan.body.fields.get(path)
    expect(read.format).toBe({ VOL: 'heidelberg-vol', DICOM: 'dicom-opt', XML: 'heidelberg-xml', E2E: 'heidelberg-e2e' }[resource?.label ?? ''])
    expect(read.laterality).toBe(field('parameters/laterality') === 'R' ? 'OD' : 'OS')
    expect(read.frames).toHaveLength(Number(field('frames')))
    expect(read.width).toBe(Number(field('parameters/fov/x')))
    expect(field('type')?.toLowerCase()).toContain(read.pattern.replace('radial-circles', 'radial and circles'))
    expect(read.slo).toBeDefined()
    // Where the B-scans of an .e2e lie is not known.
    expect(read.frames.every(({ location }) => location.kind !== 'unknown')).toBe(read.format !== 'heidelberg-e2e')
  })
})
