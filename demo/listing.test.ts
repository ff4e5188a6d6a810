import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, sessionOf, startBench } from './archive.fixture.ts'
import { seedDemo } from './seed.ts'

let bench: Bench
beforeAll(async () => {
  bench = await startBench()
})
afterAll(() => bench.archive.stop())

describe('projects', () => {
  it('lists what may be seen, every value a string, totalRecords too', async () => {
    const answer = (await bench.call('/data/projects?format=json', { user: 'member' })).json() as { ResultSet: Record<string, unknown> }
    expect(answer.ResultSet.totalRecords).toBe('4')
    expect((answer.ResultSet.Result as unknown[])[0]).toEqual({
      ID: 'P',
      secondary_ID: 'P',
      name: 'P',
      description: 'One',
      pi_firstname: '',
      pi_lastname: '',
      URI: '/data/projects/P',
    })
  })

  it('switches to the lower-case columns for ?accessible=true', async () => {
    const [row] = (await bench.call('/data/projects?accessible=true', { user: 'member' })).rows()
    expect(row).toMatchObject({ id: 'P', project_access: 'private', user_role_2: 'Members' })
  })

  it('writes names and values without a space between them, and the frame as XNAT does', async () => {
    const { body } = await bench.call('/data/projects?columns=ID')
    expect(body).toMatch(/^\{"ResultSet":\{"Result":\[\{"ID":"P",.*\], "totalRecords": "4"\}\}$/)
  })

  it('leaves totalRecords away where permissions are asked', async () => {
    const answer = (await bench.call('/data/projects?permissions=edit&dataType=xnat:subjectData', { user: 'collaborator' })).json()
    expect(answer).toEqual({ ResultSet: { Result: [] } })
  })
})

describe('columns', () => {
  it('always has ID and URI, drops what it does not know, names xpaths in lower case', async () => {
    const [row] = (await bench.call('/data/projects/P/experiments?columns=label,nonsense,xnat:optSessionData/acquisition_site')).rows()
    expect(Object.keys(row ?? {})).toEqual(['ID', 'label', 'xnat:optsessiondata/acquisition_site', 'URI'])
  })

  it('tells its short names for ?fields', async () => {
    const names = (await bench.call('/data/projects/P/experiments?fields=all')).rows().map((row) => row.FIELD)
    expect(names).toEqual(expect.arrayContaining(['ID', 'label', 'subject_label', 'xsiType']))
  })

  it('names an xpath by its short name where it has one', async () => {
    const [row] = (await bench.call('/data/experiments?project=P&columns=xnat:subjectAssessorData/subject_id,xnat:subjectData/label')).rows()
    expect(row).toMatchObject({ subject_ID: 'XNAT_S00001', subject_label: 'S1' })
  })

  it('joins one row per scan as soon as a scan field is asked for, and keeps sessions without scans', async () => {
    const columns = 'ID,label,date,subject_label,subject_ID,xnat:imagescandata/id,xnat:imagescandata/type,xnat:optScanData/parameters/laterality'
    const rows = (await bench.call(`/data/experiments?project=P&xsiType=xnat:optSessionData&columns=${columns}`)).rows()
    expect(rows.map((row) => [row.label, row['xnat:imagescandata/id'], row['xnat:optscandata/parameters/laterality']])).toEqual([
      ['V01', '1', 'R'],
      ['V01', '2', 'L'],
      ['V02', '', ''],
    ])
  })

  it('gives a session its scans with laterality', async () => {
    const rows = (await bench.call(`/data/experiments/${sessionOf(bench)}/scans?columns=ID,type,xnat:optScanData/parameters/laterality`)).rows()
    expect(rows.map((row) => row['xnat:optscandata/parameters/laterality'])).toEqual(['R', 'L'])
    const [plain] = (await bench.call(`/data/experiments/${sessionOf(bench)}/scans`)).rows()
    expect(Object.keys(plain ?? {})).toEqual(['xnat_imagescandata_id', 'ID', 'type', 'quality', 'xsiType', 'note', 'series_description', 'URI'])
  })
})

describe('filters, order and pages', () => {
  it('filters by alias, by comma list and by wildcard', async () => {
    const labels = async (query: string) => (await bench.call(`/data/projects/P/experiments?${query}`)).rows().map((row) => row.label)
    expect(await labels('label=V01')).toEqual(['V01'])
    expect(await labels('label=V01,V02')).toEqual(['V01', 'V02'])
    expect(await labels('label=*2')).toEqual(['V02'])
  })

  it('takes dates as MM/DD/YYYY, and an ISO date for a range that holds nothing', async () => {
    const count = async (date: string) => (await bench.call(`/data/projects/P/experiments?date=${date}`)).rows().length
    expect(await count('03/11/2024')).toBe(1)
    expect(await count('03/01/2024-10/01/2024')).toBe(2)
    expect(await count('2024-03-11')).toBe(0)
  })

  it('sorts and pages, without totalRecords then', async () => {
    const answer = await bench.call('/data/projects/P/experiments?sortBy=date&sortOrder=DESC&limit=1&offset=0')
    expect(answer.rows().map((row) => row.label)).toEqual(['V02'])
    expect(answer.body).not.toContain('totalRecords')
    expect((await bench.call('/data/projects/P/experiments?limit=1&offset=2')).rows()).toEqual([])
  })

  it('writes CSV and XML on demand, the query before Accept', async () => {
    const csv = await bench.call('/data/projects?format=csv&columns=ID', { headers: { Accept: 'application/json' } })
    expect(csv.headers['content-type']).toContain('text/csv')
    expect(csv.body.split('\n').slice(0, 2)).toEqual(['ID,URI', 'P,/data/projects/P'])
    expect((await bench.call('/data/projects?format=xml')).body).toContain('<column>ID</column>')
  })
})

describe('resources and files', () => {
  it('lists all of a session with ?all=true, sizes and scans named', async () => {
    const rows = (await bench.call(`/data/experiments/${sessionOf(bench)}/resources?all=true`)).rows()
    expect(rows).toHaveLength(2)
    expect(rows[0]).toMatchObject({ label: 'VOL', category: 'scans', cat_id: '1', file_count: '1', file_size: '13' })
    expect((await bench.call(`/data/experiments/${sessionOf(bench)}/resources`)).rows()).toEqual([])
  })

  it('lists files with size, address and MD5, and the address leads to the bytes', async () => {
    const [row] = (await bench.call(`/data/projects/P/subjects/S1/experiments/V01/scans/1/resources/VOL/files`)).rows()
    expect(row).toMatchObject({ Name: 'scan 1.vol', Size: '13', collection: 'VOL' })
    expect(row?.digest).toMatch(/^[0-9a-f]{32}$/)
    expect((await bench.call(row?.URI ?? '')).body).toBe('HSF-OCT-103 1')
  })

  it('answers with the catalogue in XML even where JSON was asked for', async () => {
    const answer = await bench.call('/data/projects/P/subjects/S1/experiments/V01/scans/1/resources/VOL?format=json')
    expect(answer.body).toContain('<cat:entry URI="scan 1.vol"')
  })
})

describe('route traps', () => {
  it('knows no scans below /projects/P/experiments/E', async () => {
    const answer = await bench.call('/data/projects/P/experiments/V01/scans')
    expect(answer.status).toBe(404)
    expect(answer.body).toMatch(/^<html>\n<head>\n {3}<title>Status page<\/title>[\s\S]*<h3>/)
    expect((await bench.call('/data/projects/P/experiments/V01/resources')).status).toBe(200)
  })

  it('takes labels with a project and accession ids without', async () => {
    expect((await bench.call('/data/experiments/V01')).status).toBe(404)
    expect((await bench.call('/data/projects/P/experiments/V01')).status).toBe(200)
    expect((await bench.call(`/data/experiments/${sessionOf(bench)}`)).status).toBe(200)
  })

  it('answers for a scan that does not exist with the subject, or with 500', async () => {
    await bench.call('/data/projects/P/subjects/S1/resources/NOTES', { method: 'PUT' })
    const wrong = await bench.call('/data/projects/P/subjects/S1/experiments/V01/scans/NOPE/resources')
    expect(wrong.rows().map((row) => row.label)).toEqual(['NOTES'])
    expect((await bench.call(`/data/experiments/${sessionOf(bench)}/scans/NOPE/files`)).status).toBe(500)
    const written = await bench.call(`/data/experiments/${sessionOf(bench)}/scans/NOPE/resources/X`, { method: 'PUT' })
    expect(written.status).toBe(404)
    expect(written.body).toContain('Unable to identify scan')
  })

  it('takes /REST and /data/archive for the same', async () => {
    for (const path of ['/REST/projects', '/data/archive/projects']) expect((await bench.call(path)).status).toBe(200)
  })

  it('finds scans by type and all of them by *', async () => {
    const names = async (scan: string) =>
      (await bench.call(`/data/experiments/${sessionOf(bench)}/scans/${scan}/files`)).rows().map((row) => row.Name)
    expect(await names('RNFL%20ring%20OS')).toEqual(['scan 2.vol'])
    expect(await names('*')).toEqual(['scan 1.vol', 'scan 2.vol'])
    expect(await names('2,1')).toHaveLength(2)
  })
})

describe('the demo lab', () => {
  it('holds two studies of eight subjects, one project of formats, scans of both eyes, and says DEMO; the large one pages 10,000 sessions', async () => {
    const demo = await startBench({ seed: (lab, gate) => seedDemo(lab, gate, { large: true }) })
    const as = { user: 'demo', password: 'demo' }
    const projects = (await demo.call('/data/projects', as)).rows()
    expect(projects.map((row) => row.ID)).toEqual(['DEMO-MS', 'DEMO-GL', 'DEMO-FORMATS', 'DEMO-LARGE'])
    expect(projects.every((row) => row.description?.includes('DEMO') || row.name?.includes('Demo'))).toBe(true)
    const subjects = ['DEMO-MS', 'DEMO-GL'].map(async (id) => (await demo.call(`/data/projects/${id}/subjects`, as)).rows().length)
    expect((await Promise.all(subjects)).reduce((sum, count) => sum + count)).toBe(8)
    const page = await demo.call('/data/experiments?project=DEMO-LARGE&columns=ID,label&limit=500&offset=9900', as)
    expect(page.rows()).toHaveLength(100)
    const [ring] = (await demo.call('/data/experiments/XNAT_E00001/scans/1/files', as)).rows()
    const file = await demo.call(ring?.URI ?? '', as)
    expect(file.bytes.subarray(0, 11).toString()).toBe('HSF-OCT-103')
    expect(String(file.bytes.byteLength)).toBe(ring?.Size)
    await demo.archive.stop()
  })
})
