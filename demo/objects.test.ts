import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Bench, sessionOf, startBench } from './archive.fixture.ts'

let bench: Bench
beforeEach(async () => {
  bench = await startBench()
})
afterEach(() => bench.archive.stop())

const put = (path: string, more: Parameters<Bench['call']>[1] = {}) => bench.call(path, { method: 'PUT', ...more })
const subject = '/data/projects/P/subjects/S1'

describe('subjects and sessions', () => {
  it('are made with 201 and their accession id, and found with 200', async () => {
    const made = await put(`${subject}/experiments/V03?xsiType=xnat:optSessionData&date=05/17/2024`)
    expect([made.status, made.body]).toEqual([201, expect.stringMatching(/^XNAT_E\d{5}$/)])
    expect((await put(`${subject}/experiments/V03?xsiType=xnat:optSessionData`)).status).toBe(200)
    const [row] = (await bench.call('/data/projects/P/experiments?label=V03')).rows()
    expect(row).toMatchObject({ ID: made.body, date: '2024-05-17' })
  })

  it('make a missing subject on the way', async () => {
    expect((await put('/data/projects/P/subjects/NEW/experiments/N01?xsiType=xnat:mrSessionData')).status).toBe(201)
    expect((await bench.call('/data/projects/P/subjects?label=NEW')).rows()).toHaveLength(1)
  })

  it('are refused with 403 where the type is not set up', async () => {
    const fresh = await startBench({ ophthalmicTypes: false })
    const answer = await fresh.call(`${subject}/experiments/V03?xsiType=xnat:optSessionData`, { method: 'PUT' })
    expect(answer.status).toBe(403)
    expect((await fresh.call(`${subject}/experiments/V03?xsiType=xnat:mrSessionData`, { method: 'PUT' })).status).toBe(201)
    await fresh.archive.stop()
  })

  it('refuse bad characters with 417', async () => {
    expect((await put('/data/projects/P/subjects/a%25b')).status).toBe(417)
  })
})

describe('scans', () => {
  it('answer 200 and nothing, 400 without a type, 409 for another', async () => {
    const made = await put(
      `${subject}/experiments/V01/scans/9?xsiType=xnat:optScanData&xnat:optScanData/type=Line&xnat:optScanData/parameters/laterality=R`,
    )
    expect([made.status, made.body]).toEqual([200, ''])
    const untyped = await put(`${subject}/experiments/V01/scans/10`)
    expect(untyped.status).toBe(400)
    expect(untyped.body).toContain('Multiple scan modalities')
    expect((await put(`${subject}/experiments/V01/scans/9?xsiType=xnat:mrScanData`)).status).toBe(409)
  })

  it('are documents with xpaths for keys and numbers as numbers', async () => {
    expect((await bench.call(`${subject}/experiments/V01/scans/1`)).body).toMatch(/<xnat:OPTScan ID="1"[^>]* type="RNFL ring OD"/)
    const item = (await bench.call(`${subject}/experiments/V01/scans/1?format=json`)).json()
    expect(item).toMatchObject({
      items: [{ data_fields: { ID: '1', frames: 1, 'parameters/laterality': 'R' }, meta: { isHistory: false, 'xsi:type': 'xnat:optScanData' } }],
    })
  })
})

it('query values pass XNAT’s escaping on their way in', async () => {
  await put(`${subject}/experiments/V01?note=${encodeURIComponent('a < b & "c"')}`)
  const [row] = (await bench.call('/data/projects/P/experiments?columns=note,label&label=V01')).rows()
  expect(row?.note).toBe('a &lt; b &amp; &quot;c&quot;')
})

describe('assessors', () => {
  const xml = (extra = '') =>
    `<?xml version="1.0"?><xnat:QCManualAssessment xmlns:xnat="http://nrg.wustl.edu/xnat" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ID="" project="P" label="QC1">
      <xnat:imageSession_ID/><xnat:comments>a &lt; b</xnat:comments>
      <xnat:scans><xnat:scan xsi:type="xnat:otherQcScanData"><xnat:imageScan_ID>1</xnat:imageScan_ID><xnat:pass>true</xnat:pass>
        <xnat:fields><xnat:field name="S">21.4</xnat:field></xnat:fields></xnat:scan></xnat:scans>${extra}<xnat:pass>true</xnat:pass></xnat:QCManualAssessment>`
  const headers = { 'Content-Type': 'text/xml' }
  const path = () => `/data/experiments/${sessionOf(bench)}/assessors/QC1`

  it('are made by query parameters', async () => {
    const made = await put(`${path()}?xsiType=xnat:qcManualAssessorData&xnat:qcManualAssessorData/pass=true`)
    expect([made.status, made.body]).toEqual([201, expect.stringMatching(/^XNAT_E/)])
    const [row] = (await bench.call(`/data/experiments/${sessionOf(bench)}/assessors`)).rows()
    expect(row).toMatchObject({
      ID: made.body,
      label: 'QC1',
      xsiType: 'xnat:qcManualAssessorData',
      session_ID: sessionOf(bench),
      session_label: 'V01',
    })
  })

  it('are made by a document, merged by the next one, replaced only when told', async () => {
    expect((await put(path(), { body: xml(), headers })).status).toBe(201)
    const field = async () => JSON.stringify((await bench.call(`${path()}?format=json`)).json())
    expect(await field()).toContain('"imageScan_ID":"1"')
    expect(await field()).toContain('"name":"S","field":"21.4"')
    expect(await field()).toContain('"comments":"a < b"')
    const more = '<xnat:QCManualAssessment xmlns:xnat="u" label="QC1"><xnat:rater>me</xnat:rater></xnat:QCManualAssessment>'
    expect((await put(path(), { body: more, headers })).status).toBe(200)
    expect(await field()).toContain('"comments":"a < b"')
    await put(`${path()}?allowDataDeletion=true`, { body: more, headers })
    expect(await field()).not.toContain('comments')
  })

  it('let the query override the document, and come back as XML', async () => {
    await put(`${path()}?xnat:qcManualAssessorData/pass=false`, { body: xml(), headers })
    const document = (await bench.call(`${path()}?format=xml`)).body
    expect(document).toContain('<xnat:QCManualAssessment')
    expect(document).toContain('<xnat:pass>false</xnat:pass>')
    expect(document).toContain('<xnat:scan xsi:type="xnat:otherQcScanData">')
    expect(document).toContain('<xnat:field name="S">21.4</xnat:field>')
  })

  it('are refused with 422 where the XML is broken', async () => {
    for (const body of ['<xnat:QCManualAssessment>', '<a></b>', 'no xml', '<a/><b/>']) expect((await put(path(), { body, headers })).status).toBe(422)
  })

  it('carry resources', async () => {
    await put(path(), { body: xml(), headers })
    await put(`${path()}/resources/RESULT/files/r.txt`, { body: 'x', headers: { 'Content-Type': 'text/plain' } })
    const rows = (await bench.call(`/data/experiments/${sessionOf(bench)}/resources?all=true`)).rows()
    expect(rows.find((row) => row.label === 'RESULT')).toMatchObject({ category: 'assessors', file_count: '1' })
  })
})

describe('who may', () => {
  it('gets 404, not 403, for what cannot be read', async () => {
    const as = { user: 'stranger' }
    for (const path of [
      '/data/projects/P',
      '/data/projects/NOPE',
      subject,
      `/data/experiments/${sessionOf(bench)}`,
      '/data/projects/P/subjects/S1/experiments/V01/scans',
    ]) {
      expect((await bench.call(path, as)).status).toBe(404)
    }
    expect((await put('/data/projects/P/subjects/X', as)).status).toBe(404)
  })

  it('sees a protected project but not its data, and may not edit it', async () => {
    const as = { user: 'stranger' }
    expect((await bench.call('/data/projects/PROTECTED', as)).status).toBe(200)
    expect((await bench.call('/data/projects/PROTECTED/subjects', as)).rows()).toEqual([])
    expect((await bench.call('/data/projects/PROTECTED/subjects/S1', as)).status).toBe(404)
    expect((await put('/data/projects/PROTECTED/subjects/X', as)).status).toBe(403)
  })

  it('reads a public one', async () => {
    expect((await bench.call('/data/projects/PUBLIC/experiments', { user: 'stranger' })).rows()).toHaveLength(2)
    expect((await put('/data/projects/PUBLIC/subjects/X', { user: 'stranger' })).status).toBe(403)
  })

  it('makes as a member, deletes only as an owner, reads only as a collaborator', async () => {
    expect((await put('/data/projects/P/subjects/M1', { user: 'member' })).status).toBe(201)
    expect((await put('/data/projects/P/subjects/C1', { user: 'collaborator' })).status).toBe(403)
    expect((await bench.call('/data/projects/P/subjects/M1', { method: 'DELETE', user: 'member' })).status).toBe(403)
    expect((await bench.call('/data/projects/P/subjects/M1', { method: 'DELETE' })).status).toBe(200)
    expect((await bench.call('/data/projects/P/subjects/M1', { method: 'DELETE' })).status).toBe(404)
  })
})

describe('sharing', () => {
  it('puts a session into a second project under its own label, once, and takes it out again', async () => {
    const session = `${subject}/experiments/V01`
    expect((await put(`${session}/projects/Q?label=SHARED`)).status).toBe(200)
    expect((await put(`${session}/projects/Q?label=SHARED`)).status).toBe(409)
    expect((await put(`${subject}/experiments/V02/projects/Q?label=SHARED`)).status).toBe(409)
    expect((await bench.call('/data/projects/Q/experiments')).rows().map((row) => row.label)).toEqual(['SHARED'])
    expect((await bench.call(`${session}/projects`)).rows().map((row) => row.ID)).toEqual(['P', 'Q'])
    expect((await bench.call(`${session}/projects/Q`, { method: 'DELETE' })).status).toBe(200)
    expect((await bench.call('/data/projects/Q/experiments')).rows()).toEqual([])
  })

  it('moves with primary=true', async () => {
    await put(`${subject}/projects/Q?label=S1&primary=true`)
    expect((await bench.call('/data/projects/Q/subjects')).rows().map((row) => row.project)).toEqual(['Q'])
    expect((await bench.call('/data/projects/P/subjects')).rows()).toEqual([])
  })
})

describe('/xapi', () => {
  it('keeps custom fields as JSON, for those who may edit', async () => {
    const path = '/xapi/custom-fields/projects/P/subjects/S1/experiments/V01/fields'
    const body = JSON.stringify({ note: 'a < b', n: 1 })
    expect((await put(path, { body })).json()).toEqual({ note: 'a < b', n: 1 })
    expect((await bench.call(`${path}/n`)).json()).toBe(1)
    expect((await put(path, { body, user: 'collaborator' })).status).toBe(403)
    expect((await bench.call(`${path}/n`, { method: 'DELETE' })).json()).toEqual({ note: 'a < b' })
  })

  it('tells errors in one line of text', async () => {
    const answer = await bench.call('/xapi/schemas/nope')
    expect(answer.status).toBe(404)
    expect(answer.headers['content-type']).toContain('text/plain')
    expect(answer.body).not.toContain('<')
  })
})
