import { expect, it } from 'vitest'
import { type OutboxItem, outboxChoices } from '../../../preload/outbox.ts'
import { destroys, isBlocked, nameOf, parted } from './items.ts'

const item = (id: string, state: OutboxItem['state']): OutboxItem => ({
  id,
  kind: 'results',
  run: id,
  title: 'DEMO-MS / P-1 / V-1',
  createdAt: '2026-03-14T10:00:00Z',
  size: 1,
  state,
  message: null,
  choices: [],
  theirs: null,
})

it('parts what must be decided from what goes by itself, each in the order of going home', () => {
  const all = [item('a', 'waiting'), item('b', 'conflict'), item('c', 'sending'), item('d', 'locked'), item('e', 'refused'), item('f', 'waiting')]
  const { blocked, ordered } = parted(all)
  expect(blocked.map(({ id }) => id)).toEqual(['b', 'd', 'e'])
  expect(ordered.map(({ id }) => id)).toEqual(['a', 'c', 'f'])
  expect(blocked.every(isBlocked)).toBe(true)
})

it('asks before something is gone, and only then', () => {
  expect(outboxChoices.filter(destroys)).toEqual(['keep-theirs', 'replace', 'discard'])
})

it('names what is destroyed; by its kind alone where nobody can read what it is of', () => {
  expect(nameOf(item('a', 'conflict'), 'Results')).toBe('Results, DEMO-MS / P-1 / V-1')
  expect(nameOf({ title: '' }, 'Results')).toBe('Results')
})
