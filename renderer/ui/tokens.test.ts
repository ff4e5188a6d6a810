/// <reference types="node" />
/** WCAG 2.2 contrast of the window's colours, computed from tokens.css for both themes. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')

function tokensOf(selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`)
  const block = css.slice(start, css.indexOf('\n}', start))
  return Object.fromEntries([...block.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6}|var\(--[\w-]+\));/g)].map(([, name = '', value = '']) => [name, value]))
}

const dark = tokensOf(':root')
const themes = { dark, light: { ...dark, ...tokensOf(':root[data-theme="light"]') } }

function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

it('computes what WCAG computes', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2)
})

const surfaces = ['--surface-sunken', '--surface-app', '--surface-panel', '--surface-raised', '--surface-hover', '--accent-wash']
const words = ['--text', '--text-soft', '--text-faint', '--accent']
const verdicts = ['--usable', '--ambiguous', '--unusable', '--unknown']

describe.each(Object.entries(themes))('in the %s', (_, tokens) => {
  const value = (name: string): string => {
    const found = tokens[name]
    if (!found) throw new Error(`No token ${name}`)
    return found.startsWith('var(') ? value(found.slice(4, -1)) : found
  }
  const pairs = (inks: string[], grounds: string[]) => inks.flatMap((ink) => grounds.map((ground): [string, string] => [ink, ground]))

  it.each([
    ...pairs(words, surfaces),
    ...pairs(['--text', '--text-soft'], ['--surface-press', '--pressed']),
    ['--accent-on', '--accent-fill'] as const,
    ['--accent-on', '--accent-fill-hover'] as const,
    ['--surface-app', '--text-soft'] as const,
  ])('%s is read on %s', (ink, ground) => expect(contrast(value(ink), value(ground))).toBeGreaterThanOrEqual(4.5))

  it.each([
    ...pairs(verdicts, ['--surface-app', '--surface-panel', '--surface-raised']),
    ...pairs(['--line-strong'], ['--surface-app', '--surface-sunken', '--surface-panel']),
    ...pairs(['--accent'], ['--surface-app', '--surface-raised', '--accent-wash']),
    ['--accent-ink', '--accent'] as const,
    ['--progress', '--line'] as const,
    ['--plot-rnfl', '--surface-app'] as const,
    ['--off', '--surface-app'] as const,
  ])('the shape %s is seen on %s', (ink, ground) => expect(contrast(value(ink), value(ground))).toBeGreaterThanOrEqual(3))
})
