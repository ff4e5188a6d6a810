import i18next, { type TFunction } from 'i18next'
import { beforeAll, expect, it } from 'vitest'
import { methods } from '../../../../preload/contract.ts'
import { levelLines, scanWith } from '../compare/scans.fixture.ts'
import en from '../en.ts'
import { allLayers } from '../layer-choice.ts'
import { plainWindow } from '../window-level.ts'
import { captionOf, fileName } from './caption.ts'
import type { Picture } from './picture.ts'

let t: TFunction<'viewer'>
beforeAll(async () => {
  await i18next.init({ lng: 'en', resources: { en: { viewer: en } }, interpolation: { escapeValue: false } })
  t = i18next.getFixedT('en', 'viewer') as TFunction<'viewer'>
})

const picture: Picture = {
  open: {
    bulk: '/bulk/x',
    title: { project: 'MS', subject: 'P-0142', session: 'V02', scan: '1 Müller' },
    scan: { ...scanWith('OD', levelLines(1, 2, 3)), acquiredAt: '2024-03-14T10:44:00.000Z', art: 9 },
    results: [],
  },
  index: 1,
  frame: { width: 100, height: 50, pixels: new Uint8Array(5_000), layers: [] },
  level: plainWindow,
  layers: allLayers,
  intervals: [],
  verdict: 'usable',
  seen: null,
}
const plain = { identity: false, letter: null, language: 'en' }

it('tells the eye, the pattern, the B-scan, the verdict, the device', () => {
  expect(captionOf(picture, plain, t)).toEqual([
    'right eye (OD)',
    'Volume',
    'B-scan 2 of 3',
    'Technical quality: USABLE',
    'Heidelberg Spectralis',
    'ART 9',
  ])
})

it('tells no one and no day unless asked', () => {
  const text = captionOf(picture, plain, t).join(' ')
  for (const identity of ['P-0142', 'V02', 'Müller', '2024', 'Mar', 'MS']) expect(text).not.toContain(identity)
  const asked = captionOf(picture, { ...plain, identity: true }, t).join(' ')
  for (const identity of ['P-0142', 'V02', '2024']) expect(asked).toContain(identity)
})

it('claims no verdict and no eye that is not known', () => {
  const unknown = captionOf({ ...picture, verdict: null, open: { ...picture.open, scan: scanWith('unknown', levelLines(1)) }, index: 0 }, plain, t)
  expect(unknown).toEqual(['eye not known', 'Volume', 'Heidelberg Spectralis'])
})

it('names the file so that the doorway lets it through, and so that it names nobody', () => {
  const scan = picture.open.scan
  const names = (['OD', 'OS', 'unknown'] as const).flatMap((laterality) =>
    (['line', 'ring', 'fast-volume', 'radial-circles', 'unknown'] as const).map((pattern) =>
      fileName([{ ...picture, open: { ...picture.open, scan: { ...scan, laterality, pattern } } }]),
    ),
  )
  expect(names[1]).toBe('scanside-od-ring-bscan-2.png')
  for (const name of [...names, fileName([picture, picture])])
    expect(methods['app.pictureTicket'].input.safeParse({ size: 1, to: 'file', name }).success).toBe(true)
})
