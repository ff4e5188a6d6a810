import { describe, expect, it } from 'vitest'
import { allLayers, isShown, layerNames, withAll, withDigit, withLayer } from './layer-choice.ts'

const names = ['ILM', 'BM', 'RNFL']
const seen = (choice: typeof allLayers) => names.filter((name) => isShown(choice, name))

describe('layerNames', () => {
  it('takes the order of the file, over all B-scans', () => {
    expect(layerNames([{ layers: ['ILM', 'BM'] }, { layers: [] }, { layers: ['ILM', 'RNFL', 'BM'] }])).toEqual(['ILM', 'BM', 'RNFL'])
  })
})

describe('a choice of layers', () => {
  it('begins with all', () => expect(seen(allLayers)).toEqual(names))
  it('goes off and comes back as it was', () => {
    const one = withDigit(allLayers, 2, names)
    expect(seen(withAll(one))).toEqual([])
    expect(seen(withAll(withAll(one)))).toEqual(['ILM', 'RNFL'])
  })
  it('switches one off and on by its digit', () => {
    const off = withDigit(allLayers, 1, names)
    expect(seen(off)).toEqual(['BM', 'RNFL'])
    expect(seen(withDigit(off, 1, names))).toEqual(names)
  })
  it('shows one alone where all were off', () => expect(seen(withLayer(withAll(allLayers), 'BM', names))).toEqual(['BM']))
  it('is off once the last line is', () => {
    const off = names.reduce((choice, name) => withLayer(choice, name, names), allLayers)
    expect(off.on).toBe(false)
    expect(seen(withAll(off))).toEqual(names)
  })
  it('brings all by 0, and takes all by 0 again', () => {
    const all = withDigit(withDigit(allLayers, 3, names), 0, names)
    expect(seen(all)).toEqual(names)
    expect(seen(withDigit(all, 0, names))).toEqual([])
  })
  it('leaves a digit without a layer alone', () => expect(withDigit(allLayers, 7, names)).toBe(allLayers))
})
