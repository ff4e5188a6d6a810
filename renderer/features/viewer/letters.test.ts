import { describe, expect, it } from 'vitest'
import type { Location } from './geometry.ts'
import { bscanLetters, directionName, sloLetters } from './letters.ts'

const names = (location: Location, eye: 'OD' | 'OS' | 'unknown') => bscanLetters(location, eye).map((letter) => letter.text)
const line = (x0: number, y0: number, x1: number, y1: number): Location => ({ kind: 'line', start: { x: x0, y: y0 }, end: { x: x1, y: y1 } })

describe('sloLetters', () => {
  it('puts temporal left in OD', () => expect(sloLetters('OD')).toMatchObject({ left: 'T', right: 'N', top: 'S', bottom: 'I' }))
  it('mirrors for OS', () => expect(sloLetters('OS')).toMatchObject({ left: 'N', right: 'T' }))
  it('says nothing where the eye is not known', () => expect(sloLetters('unknown')).toBeNull())
})

describe('directionName', () => {
  it.each([
    [-1, 0, 'T'],
    [1, 0.2, 'N'],
    [0, -1, 'S'],
    [0.1, 1, 'I'],
    [-1, -1, 'TS'],
    [1, 1, 'NI'],
  ])('%d, %d in OD is %s', (dx, dy, name) => expect(directionName(dx, dy, 'OD')).toBe(name))
})

describe('bscanLetters', () => {
  it('names both ends of a horizontal line', () => {
    expect(names(line(0, 4, 8, 4), 'OD')).toEqual(['T', 'N'])
    expect(names(line(0, 4, 8, 4), 'OS')).toEqual(['N', 'T'])
  })
  it('names both ends of a vertical line that was taken upwards', () => expect(names(line(4, 8, 4, 0), 'OD')).toEqual(['I', 'S']))
  it('names an oblique line by two letters', () => expect(names(line(0, 0, 8, 8), 'OD')).toEqual(['TS', 'NI']))
  it('runs a ring temporal to temporal in both eyes', () => {
    expect(names({ kind: 'ring', start: { x: 2, y: 4 }, centre: { x: 4, y: 4 }, radius: 2 }, 'OD')).toEqual(['T', 'S', 'N', 'I', 'T'])
    expect(names({ kind: 'ring', start: { x: 6, y: 4 }, centre: { x: 4, y: 4 }, radius: 2 }, 'OS')).toEqual(['T', 'S', 'N', 'I', 'T'])
  })
  it('puts superior at a quarter of the ring', () => {
    const letters = bscanLetters({ kind: 'ring', start: { x: 2, y: 4 }, centre: { x: 4, y: 4 }, radius: 2 }, 'OD')
    expect(letters[1]?.at).toBeCloseTo(0.25)
  })
  it('gives none for an unknown eye, an unknown place or a point', () => {
    expect(names(line(0, 0, 1, 0), 'unknown')).toEqual([])
    expect(names({ kind: 'unknown' }, 'OD')).toEqual([])
    expect(names(line(1, 1, 1, 1), 'OD')).toEqual([])
  })
})

describe('courses and areas', () => {
  const around = (direction: 1 | -1): Location => ({
    kind: 'path',
    points: Array.from({ length: 360 }, (_, i) => {
      const angle = Math.PI + (direction * i * Math.PI) / 180
      return { x: 4 + 2 * Math.cos(angle), y: 4 + 1.5 * Math.sin(angle) }
    }),
  })
  it('letters a closed course like a ring', () => {
    expect(names(around(1), 'OD')).toEqual(['T', 'S', 'N', 'I', 'T'])
    expect(names(around(-1), 'OD')).toEqual(['T', 'I', 'N', 'S', 'T'])
    expect(bscanLetters(around(1), 'OD')[1]?.at).toBeCloseTo(0.25, 1)
  })
  it('letters an open course like a line', () => {
    const bow: Location = { kind: 'path', points: Array.from({ length: 50 }, (_, x) => ({ x, y: 20 + Math.sin(x / 9) })) }
    expect(names(bow, 'OS')).toEqual(['N', 'T'])
  })
  it('letters the four sides of a transverse frame', () => {
    const area: Location = { kind: 'area', from: { x: 1, y: 1 }, to: { x: 5, y: 5 } }
    expect(bscanLetters(area, 'OD')).toEqual([
      { at: 0, down: 0.5, text: 'T' },
      { at: 0.5, down: 0, text: 'S' },
      { at: 0.5, down: 1, text: 'I' },
      { at: 1, down: 0.5, text: 'N' },
    ])
    expect(names({ kind: 'area', from: { x: 5, y: 5 }, to: { x: 1, y: 1 } }, 'OD')).toEqual(['N', 'I', 'S', 'T'])
  })
  it('says nothing of a course of one point', () => expect(names({ kind: 'path', points: [{ x: 1, y: 1 }] }, 'OD')).toEqual([]))
})
