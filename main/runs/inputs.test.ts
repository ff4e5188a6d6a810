import { describe, expect, it } from 'vitest'
import { ref } from './fakes.ts'
import { groupRefs, inputPath, opaqueName, safeExtension, safeLabel, safePart, subjectOf } from './inputs.ts'

describe('names in a workspace', () => {
  it.each([
    ['Mustermann_Erika_716.vol', '.vol'],
    ['X.VOL', '.vol'],
    ['a.b.Dcm', '.dcm'],
    ['x.TIFF', '.tif'],
    ['x.jpeg', '.jpg'],
    ['x.Mustermann', ''],
    ['x.exe', ''],
    ['vol', ''],
    ['x.vol ', ''],
    ['x./vol', ''],
    ['', ''],
  ])('keep of %j only %j', (name, extension) => {
    expect(safeExtension(name)).toBe(extension)
    expect(opaqueName('u', name)).toBe(`scan-u${extension}`)
  })

  it.each([
    ['VOL', 'VOL'],
    ['../../etc', 'etc'],
    ['<img src=x>', 'imgsrcx'],
    ['Ä', 'RESOURCE'],
    ['..', 'RESOURCE'],
    ['a'.repeat(100), 'a'.repeat(64)],
  ])('make of the label %j %j', (label, safe) => {
    expect(safeLabel(label)).toBe(safe)
  })

  it.each([
    ['oct-quality', 'oct-quality'],
    ['../x/y', '-x-y'],
    ['..', 'unnamed'],
    ['1.0 (beta)', '1.0--beta-'],
    ['', 'unnamed'],
  ])('publish %j as %j', (text, safe) => {
    expect(safePart(text)).toBe(safe)
  })

  it('lie as the Container Service would mount them', () => {
    expect(inputPath('session', 3, 'V/OL', 'n')).toBe('SCANS/3/VOL/n')
    expect(inputPath('scan', 3, 'VOL', 'n')).toBe('VOL/n')
    expect(inputPath('resource', 3, 'VOL', 'n')).toBe('n')
  })
})

describe('scans become runs', () => {
  const dropped = (local: string) => ({ kind: 'local' as const, local })
  it('each alone, or by session; doubles once', () => {
    const refs = [ref('1'), ref('2'), ref('1', 'E2'), ref('1'), dropped('a'), dropped('b')]
    expect(groupRefs(refs, 'scan')).toHaveLength(5)
    expect(groupRefs(refs, 'session')).toEqual([[ref('1'), ref('2')], [ref('1', 'E2')], [dropped('a'), dropped('b')]])
  })
})

describe('what a run is called', () => {
  const title = () => ({ project: 'DEMO-MS', subject: 'P-0142', session: 'P-0142_V02', scan: '2 Macula' })
  it('names the one scan, counts several, and takes the window’s word where nothing was listed', () => {
    expect(subjectOf([ref('1')], title, 'x')).toBe('DEMO-MS / P-0142 / P-0142_V02 / 2 Macula')
    expect(subjectOf([ref('1'), ref('2')], title, 'x')).toBe('DEMO-MS / P-0142 / P-0142_V02, 2 scans')
    expect(subjectOf([ref('1')], () => null, 'a dropped file')).toBe('a dropped file')
  })
})
