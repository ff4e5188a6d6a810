/// <reference types="node" />
/** Layer lines on black: each is seen, told from its neighbours by everyone, and never taken for a verdict. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { layerColours, layerTokens } from './layer-colours.ts'

type Rgb = [number, number, number]
const css = readFileSync(new URL('../../ui/tokens.css', import.meta.url), 'utf8')

function linear(token: string): Rgb {
  const hex = new RegExp(`${token}:\\s*#([0-9a-f]{6})`).exec(css)?.[1]
  if (!hex) throw new Error(`No token ${token}`)
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(0), channel(2), channel(4)]
}

const times = (rows: readonly Rgb[], [r, g, b]: Rgb): Rgb => {
  const [x = 0, y = 0, z = 0] = rows.map((row) => row[0] * r + row[1] * g + row[2] * b)
  return [x, y, z]
}

/** Björn Ottosson's OKLab. */
function oklab(colour: Rgb): Rgb {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    colour,
  )
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones.map(Math.cbrt) as Rgb,
  )
}

/** How a colour looks: to most, and to those without one kind of cone (Machado, Oliveira and Fernandes 2009, severity 1). */
const eyes: Record<string, (colour: Rgb) => Rgb> = {
  all: (colour) => colour,
  deuteranopia: (colour) =>
    held(
      times(
        [
          [0.367322, 0.860646, -0.227968],
          [0.280085, 0.672501, 0.047413],
          [-0.01182, 0.04294, 0.968881],
        ],
        colour,
      ),
    ),
  protanopia: (colour) =>
    held(
      times(
        [
          [0.152286, 1.052583, -0.204868],
          [0.114503, 0.786281, 0.099216],
          [-0.003882, -0.048116, 1.051998],
        ],
        colour,
      ),
    ),
}
const held = (colour: Rgb): Rgb => colour.map((value) => Math.min(1, Math.max(0, value))) as Rgb

function difference(one: string, other: string, eye = 'all'): number {
  const look = eyes[eye] ?? held
  const [a, b] = [oklab(look(linear(one))), oklab(look(linear(other)))]
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}
const neighbours = layerTokens.slice(1).map((token, i): [string, string] => [layerTokens[i] ?? '', token])

describe('the colours', () => {
  it.each(layerTokens)('%s is read on black', (token) => {
    const [r, g, b] = linear(token)
    expect((0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05) / 0.05).toBeGreaterThanOrEqual(4.5)
  })
  it.each(neighbours)('%s is told from %s below it', (upper, lower) => {
    expect(difference(upper, lower)).toBeGreaterThan(0.14)
    expect(difference(upper, lower, 'deuteranopia')).toBeGreaterThan(0.1)
    expect(difference(upper, lower, 'protanopia')).toBeGreaterThan(0.1)
  })
  it.each([
    ['--layer-ilm', '--layer-rnfl'],
    ['--layer-rnfl', '--layer-bm'],
    ['--layer-ilm', '--layer-bm'],
  ])('the three that are read most: %s and %s', (one, other) => expect(difference(one, other)).toBeGreaterThan(0.2))
  it.each(layerTokens)('%s is no verdict', (token) => {
    for (const verdict of ['--usable', '--ambiguous', '--unusable']) expect(difference(token, verdict)).toBeGreaterThan(0.12)
  })
  it('are all different', () => {
    for (const [i, one] of layerTokens.entries()) for (const other of layerTokens.slice(i + 1)) expect(difference(one, other)).toBeGreaterThan(0.03)
  })
})

describe('layerColours', () => {
  it('gives a usual layer its own, however it is written', () => {
    const colours = layerColours(['ilm', 'NFL', 'BM'])
    expect([...colours.values()]).toEqual(['--layer-ilm', '--layer-rnfl', '--layer-bm'])
  })
  it('gives every layer of a file a colour of its own', () => {
    const names = ['ILM', 'BM', 'RNFL', 'GCL', 'IPL', 'INL', 'OPL', 'ELM', 'PR1', 'RPE', 'VIT', 'IOS']
    expect(new Set(layerColours(names).values()).size).toBe(names.length)
  })
  it('colours names it has never heard of', () => expect(new Set(layerColours(['a', 'b', 'c']).values()).size).toBe(3))
  it('begins again when all are taken', () => {
    expect(layerColours(Array.from({ length: 20 }, (_, i) => `layer-${i}`)).size).toBe(20)
  })
})
