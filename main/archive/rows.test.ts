import { describe, expect, it } from 'vitest'
import { belongsToScan, pathInResource, readLaterality, readRows, sizesByScan, toFile, toJoinedScan, toProject, toScan, toSession } from './rows.ts'

describe('readRows', () => {
  it('lower-cases names and makes every value a string', () => {
    expect(readRows({ ResultSet: { Result: [{ ID: 'A', Size: 7, note: null }], totalRecords: '1' } })).toEqual([{ id: 'A', size: '7', note: '' }])
    expect(readRows({ ResultSet: { Result: [] } })).toEqual([])
  })
  it.each([null, {}, { ResultSet: {} }, { ResultSet: { Result: 'x' } }, []])('refuses %j', (body) => {
    expect(() => readRows(body)).toThrow(expect.objectContaining({ code: 'not-supported' }))
  })
})

describe('what an archive should not send', () => {
  it('takes what is no single value for nothing', () => {
    expect(readRows({ ResultSet: { Result: [{ a: ['x'], b: { toString: 'x' }, c: true, d: 1.5 }, 7, null] } })).toEqual([
      { a: '', b: '', c: 'true', d: '1.5' },
      {},
      {},
    ])
  })
  it('refuses a list that is longer than any', () => {
    expect(() => readRows({ ResultSet: { Result: new Array(250_001) } })).toThrow(expect.objectContaining({ code: 'integrity' }))
  })
  it.each([
    ['a\u0000b', 'a\ufffdb'],
    ['a\r\nb', 'a  b'],
    ['\u202egpj.lov', '\ufffdgpj.lov'],
    ['a\ud800', 'a\ufffd'],
    ['<b>ü</b> 😀', '<b>ü</b> 😀'],
  ])('shows %j as %j', (name, shown) => {
    expect(toProject({ id: 'P', name })?.name).toBe(shown)
  })
  it.each(['', '..', '.', 'a\u0000', '\u202ea', 'x'.repeat(201)])('leaves out a line whose id %j can be none', (id) => {
    expect(toProject({ id, name: 'N' })).toBeNull()
    expect(toScan({ id, type: 'T' }, 'E')).toBeNull()
    expect(toJoinedScan({ id, 'xnat:imagescandata/id': '1' })).toBeNull()
  })
})

describe('toProject', () => {
  it.each([
    [{ project_access: 'private', user_role_7: 'Owners' }, 'owner'],
    [{ project_access: 'private', user_role_7: 'Members' }, 'member'],
    [{ project_access: 'protected', user_role_7: 'Collaborators' }, 'collaborator'],
    [{ project_access: 'private', user_role_7: 'Graders' }, 'unknown'],
    [{ project_access: 'public', user_role_7: '' }, 'read'],
    [{ project_access: 'public' }, 'read'],
  ])('%j', (row, access) => {
    expect(toProject({ id: 'P', name: 'N', ...row } as Record<string, string>)).toMatchObject({ id: 'P', name: 'N', access })
  })
  it('leaves out a protected project without a role', () => {
    expect(toProject({ id: 'P', project_access: 'protected', user_role_7: '' })).toBeNull()
  })
})

it.each([
  ['R', 'OD'],
  [' l ', 'OS'],
  ['OD', 'OD'],
  ['OS', 'OS'],
  ['', 'unknown'],
  ['B', 'unknown'],
  ['Right', 'unknown'],
])('laterality %j is %s', (text, eye) => {
  expect(readLaterality(text)).toBe(eye)
})

it('reads sessions, and leaves an odd date out', () => {
  const row = { id: 'XNAT_E1', label: 'V02', date: '2026-03-01', xsitype: 'xnat:optSessionData', subject_id: 'XNAT_S1', subject_label: 'P-1' }
  expect(toSession(row, 'P')).toEqual({
    id: 'XNAT_E1',
    label: 'V02',
    project: 'P',
    subjectId: 'XNAT_S1',
    subjectLabel: 'P-1',
    date: '2026-03-01',
    xsiType: 'xnat:optSessionData',
  })
  expect(toSession({ ...row, date: '03/01/2026' }, 'P')?.date).toBe('')
  expect(toSession({ ...row, subject_id: '' }, 'P')).toBeNull()
})

it('reads scans of a session and of a project', () => {
  const laterality = 'xnat:optscandata/parameters/laterality'
  const scan = { id: '1', type: 'ring', xsitype: 'xnat:optScanData', quality: 'usable', note: '<b>', frames: '61', [laterality]: 'R' }
  expect(toScan(scan, 'XNAT_E1')).toMatchObject({
    session: 'XNAT_E1',
    id: '1',
    type: 'ring',
    laterality: 'OD',
    frames: 61,
    note: '<b>',
    size: null,
    verdict: null,
  })
  const joined = Object.fromEntries(Object.entries(scan).map(([name, value]) => [name === laterality ? name : `xnat:imagescandata/${name}`, value]))
  const row = { ...joined, id: 'XNAT_E1', 'xnat:imagescandata/extension_item/element_name': 'xnat:optScanData' }
  expect(toJoinedScan(row)).toEqual(toScan(scan, 'XNAT_E1'))
  expect(toJoinedScan({ id: 'XNAT_E1', 'xnat:imagescandata/id': '' })).toBeNull()
})

it('adds up the resources of each scan, and of scans only', () => {
  const rows = [
    { category: 'scans', cat_id: '1', file_count: '2', file_size: '10' },
    { category: 'scans', cat_id: '1', file_count: '1', file_size: '5' },
    { category: 'resources', cat_id: '', file_count: '9', file_size: '99' },
    { category: 'scans', cat_id: '2', file_count: '', file_size: '' },
  ]
  expect([...sizesByScan(rows)]).toEqual([
    ['1', { size: 15, files: 3 }],
    ['2', { size: 0, files: 0 }],
  ])
})

it('takes files only from below /data', () => {
  const row = {
    uri: '/data/experiments/E/scans/1/resources/7/files/a%20b.vol',
    name: 'a b.vol',
    size: '12',
    digest: 'D41D8CD98F00B204E9800998ECF8427E',
    collection: 'VOL',
  }
  expect(toFile(row)).toEqual({ uri: row.uri, name: 'a b.vol', resource: 'VOL', size: 12, md5: 'd41d8cd98f00b204e9800998ecf8427e' })
  expect(toFile({ ...row, digest: '' })?.md5).toBe('')
  for (const uri of ['https://elsewhere/data/x', '//elsewhere/data', '/app/x', '/data/../app/x', '/data/x?y=1', '/data/x#y', '/data/x\\y']) {
    expect(toFile({ ...row, uri })).toBeNull()
  }
  expect(toFile({ ...row, size: '' })).toBeNull()
})

it('reads the path below a resource, and whose scan a file is', () => {
  expect(pathInResource('/data/experiments/E/resources/7/files/a/1.0.0%2Bb/r/results.json')).toBe('a/1.0.0+b/r/results.json')
  expect(pathInResource('/data/x')).toBe('')
  expect(pathInResource('/data/x/files/%E0%A4%A')).toBe('')
  expect(belongsToScan('/data/experiments/E/scans/1/resources/7/files/a', '1')).toBe(true)
  expect(belongsToScan('/data/experiments/E/scans/11/resources/7/files/a', '1')).toBe(false)
  expect(belongsToScan('/data/experiments/E/scans/1%20a/resources/7/files/a', '1 a')).toBe(true)
})
