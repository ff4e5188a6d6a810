import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { listedFile } from './listed-file.ts'

describe('a file of the archive, told to a machine', () => {
  it.each([
    ['/data/experiments/XNAT_E1/scans/3/resources/12/files/Schmidt_Anna.vol', '/data/experiments/XNAT_E1/scans/3/resources/12/files'],
    ['/data/experiments/XNAT_E1/scans/3/resources/files/files/files/a.vol', '/data/experiments/XNAT_E1/scans/3/resources/files/files'],
    ['/data/experiments/XNAT_E1/scans/3/files/a.vol', '/data/experiments/XNAT_E1/scans/3/files'],
  ])('%s is told by its list and a digest', (uri, list) => {
    const told = listedFile(uri)
    expect(told).toEqual({
      kind: 'archive',
      list,
      nameDigest: createHash('sha256')
        .update(uri.slice(uri.indexOf('/files/') + 7))
        .digest('hex'),
    })
    expect(JSON.stringify(told)).not.toMatch(/Schmidt|\.vol/)
  })
  it.each(['//elsewhere/files/a', 'data/files/a', '/data/experiments/E', '/data/files/'])('%s is no file of the archive', (uri) => {
    expect(() => listedFile(uri)).toThrow(/none of its own/)
  })
})
