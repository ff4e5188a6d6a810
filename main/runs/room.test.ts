import { describe, expect, it } from 'vitest'
import { diskShort, fitAtOnce, fits, type Need } from './room.ts'

const gib = 1024 ** 3
const mib = 1024 ** 2
const pc = { cpus: 4, memoryBytes: 16 * gib }
const need = (cpus: number, memoryBytes: number): Need => ({ cpus, memoryBytes })
const usual = need(2, gib)
const many = (count: number, each = usual) => Array<Need>(count).fill(each)

describe('runs at once', () => {
  it.each([
    ['the first, whatever it wants', pc, [], need(64, 900 * gib), true],
    ['the first where nothing is known', null, [], usual, true],
    ['a second where nothing is known', null, many(1), usual, true],
    ['a third where nothing is known', null, many(2), usual, false],
    ['as many as there are CPUs for, each promised twice', pc, many(3), usual, true],
    ['one more', pc, many(4), usual, false],
    ['as much memory as leaves a fifth', pc, [need(0.5, 8 * gib)], need(0.5, 4.8 * gib), true],
    ['more memory', pc, [need(0.5, 8 * gib)], need(0.5, 4.9 * gib), false],
    ['a small one beside a large one', pc, [need(4, 6 * gib)], need(1, gib), true],
    ['a small one beside one that takes all', pc, [need(4, 16 * gib)], need(0.1, 16 * mib), false],
    ['many small ones', pc, many(15, need(0.1, 16 * mib)), need(0.1, 16 * mib), true],
    ['too many small ones', pc, many(16, need(0.1, 16 * mib)), need(0.1, 16 * mib), false],
  ])('%s', (_, capacity, running, one, expected) => {
    expect(fits(capacity, running, one)).toBe(expected)
  })

  it.each([
    ['a usual PC', pc, usual, 4],
    ['a small one', { cpus: 2, memoryBytes: 4 * gib }, usual, 2],
    ['one with little memory', { cpus: 8, memoryBytes: 2 * gib }, usual, 1],
    ['one that is too small even for one', { cpus: 1, memoryBytes: gib / 2 }, usual, 1],
    ['nobody knows', null, usual, 2],
    ['a server', { cpus: 128, memoryBytes: 512 * gib }, usual, 16],
  ])('%s: how many of one kind', (_, capacity, one, expected) => {
    expect(fitAtOnce(capacity, one)).toBe(expected)
  })
})

describe('room on the disks', () => {
  const facts = { inputs: 100 * mib, outputs: 256 * mib, own: 10 * gib, engine: 10 * gib }
  it.each([
    ['enough', facts, null],
    ['nobody knows', { ...facts, own: null, engine: null }, null],
    [
      'none here',
      { ...facts, own: 0 },
      /^The disk on which Scanside keeps its records has 0 MB left, and this run may need 68 MB\. Nothing was created/,
    ],
    ['little here', { ...facts, own: 63 * mib }, /keeps its records/],
    ['just enough at the engine', { ...facts, engine: 420 * mib }, null],
    [
      'too little at the engine',
      { ...facts, engine: 419 * mib },
      /^The disk of the container engine has 440 MB left, and this run may need 441 MB\./,
    ],
    ['too little at both', { ...facts, own: 0, engine: 0 }, /keeps its records/],
  ])('%s', (_, given, expected) => {
    const short = diskShort(given)
    if (expected === null) expect(short).toBeNull()
    else expect(short).toMatchObject({ code: 'disk-full', message: expect.stringMatching(expected) })
  })
})
