import { describe, expect, it } from 'vitest'
import { viewerKey } from './keys.ts'

const press = (key: string, held: Partial<{ ctrlKey: boolean; metaKey: boolean; altKey: boolean }> = {}) =>
  viewerKey({ key, ctrlKey: false, metaKey: false, altKey: false, ...held })

describe('viewerKey', () => {
  it.each([
    ['l', { does: 'all-layers' }],
    ['0', { does: 'layer', digit: 0 }],
    ['9', { does: 'layer', digit: 9 }],
    ['R', { does: 'reset' }],
    ['m', { does: 'calipers' }],
    ['Delete', { does: 'remove' }],
    ['g', { does: 'word' }],
  ])('%s', (key, does) => expect(press(key)).toEqual(does))
  it.each(['x', 'ArrowLeft', 'F1', '10', 'Tab'])('leaves %s alone', (key) => expect(press(key)).toBeNull())
  it('leaves what is held with Ctrl, Alt or Meta to the system', () => {
    expect(press('r', { ctrlKey: true })).toBeNull()
    expect(press('1', { altKey: true })).toBeNull()
    expect(press('m', { metaKey: true })).toBeNull()
  })
})
