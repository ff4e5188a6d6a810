import { expect, it } from 'vitest'
import { createLabels } from './labels.ts'

const session = {
  id: 'XNAT_E1',
  label: 'P-0142_V02',
  project: 'P',
  subjectId: 'XNAT_S1',
  subjectLabel: 'P-0142',
  date: '2026-03-14',
  xsiType: 'xnat:optSessionData',
}

it('titles what was listed, and nothing else', () => {
  const labels = createLabels()
  labels.sawSessions([session])
  expect(labels.titleOf({ project: 'P', session: 'XNAT_E1', scan: '1' })).toEqual({
    project: 'P',
    subject: 'P-0142',
    session: 'P-0142_V02',
    scan: '1',
  })
  expect(labels.titleOf({ project: 'P', session: 'XNAT_E2', scan: '1' })).toBeNull()
  expect(labels.names()).toEqual(['P', 'P-0142', 'P-0142_V02'])
  labels.clear()
  expect(labels.names()).toEqual([])
  expect(labels.titleOf({ project: 'P', session: 'XNAT_E1', scan: '1' })).toBeNull()
})
