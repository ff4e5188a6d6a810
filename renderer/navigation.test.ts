import { beforeEach, expect, it } from 'vitest'
import type { ScanRef } from '../preload/contract.ts'
import { closeViewer, goToSelfCheck, openRun, openViewer, showRuns, showWaiting, useNavigation, withDropped } from './navigation.ts'

const dropped = (local: string): ScanRef => ({ kind: 'local', local })
const archived: ScanRef = { kind: 'archive', project: 'P', subject: 'S', session: 'E', scan: '1' }

beforeEach(() => useNavigation.setState({ place: 'inbox', viewer: null, dropped: [] }))

it('puts a dropped scan among those dropped before it, once each', () => {
  for (const local of ['a', 'b', 'a']) openViewer(dropped(local))
  expect(useNavigation.getState().viewer).toEqual({ ref: dropped('a'), among: [dropped('a'), dropped('b')], back: 'inbox' })
})

it('keeps the scans that were opened together', () => {
  openViewer(archived, [archived, dropped('x')])
  expect(useNavigation.getState().viewer?.among).toEqual([archived, dropped('x')])
  closeViewer()
  openViewer(archived)
  expect(useNavigation.getState().viewer?.among).toEqual([archived])
})

it('remembers the newest fifty drops', () => {
  for (let i = 0; i < 60; i++) openViewer(dropped(String(i)))
  expect(useNavigation.getState().viewer?.among).toHaveLength(50)
  expect(useNavigation.getState().viewer?.among.at(-1)).toEqual(dropped('59'))
})

it('names each scan once where dropped ones are added', () => {
  expect(withDropped([archived, dropped('a')], ['a', 'b'])).toEqual([archived, dropped('a'), dropped('b')])
})

it('goes to what waits to go home and back, and a run is shown among the runs', () => {
  showWaiting()
  expect(useNavigation.getState()).toMatchObject({ place: 'runs', waiting: true })
  openRun('r1')
  expect(useNavigation.getState()).toMatchObject({ place: 'runs', run: 'r1', waiting: false })
  showWaiting()
  showRuns()
  expect(useNavigation.getState().waiting).toBe(false)
  goToSelfCheck()
  expect(useNavigation.getState()).toMatchObject({ place: 'settings', section: 'self-check' })
})
