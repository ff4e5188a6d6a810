import { describe, expect, it } from 'vitest'
import type { Pipeline } from '../../../preload/contract.ts'
import { chosenOf, firstValues, sentValues, toggleChoice, wrongInput } from './form.ts'

type PipelineInput = Pipeline['inputs'][number]
const input = (name: string, type: PipelineInput['type'], more: Partial<PipelineInput> = {}): PipelineInput => ({
  name,
  label: name,
  description: '',
  type,
  required: false,
  defaultValue: null,
  choices: [],
  sensitive: false,
  ...more,
})

describe('firstValues', () => {
  it('takes defaults, and reads yes and no as the Container Service does', () => {
    const inputs = [
      input('profile', 'string', { defaultValue: 'ms' }),
      input('series', 'boolean', { defaultValue: 'True' }),
      input('deep', 'boolean'),
    ]
    expect(firstValues(inputs)).toEqual({ profile: 'ms', series: 'true', deep: 'false' })
  })
  it('makes no choice for the person', () => {
    expect(firstValues([input('eye', 'select-one', { required: true, choices: [{ label: 'OD', value: 'OD' }] })])).toEqual({ eye: '' })
  })
})

describe('wrongInput', () => {
  const inputs = [input('profile', 'string', { required: true }), input('limit', 'number')]
  it.each([
    [{ profile: ' ', limit: '' }, 'required'],
    [{ profile: 'x', limit: '1,5' }, 'not-a-number'],
    [{ profile: 'x', limit: ' 1.5 ' }, undefined],
    [{ profile: 'x' }, undefined],
  ])('%#', (values, why) => {
    expect(wrongInput(inputs, values)?.why).toBe(why)
  })
})

describe('sentValues', () => {
  it('leaves out what is empty and what is not an input', () => {
    const inputs = [input('a', 'string'), input('b', 'number')]
    expect(sentValues(inputs, { a: '', b: ' 2 ', c: 'x' })).toEqual({ b: '2' })
  })
})

describe('a choice of many', () => {
  const eyes = input('eyes', 'select-many', {
    choices: [
      { label: 'OD', value: 'OD' },
      { label: 'OS', value: 'OS' },
    ],
  })
  it('keeps the order of the choices', () => {
    expect(toggleChoice(eyes, 'OS', 'OD')).toBe('OD,OS')
    expect(toggleChoice(eyes, 'OD,OS', 'OD')).toBe('OS')
    expect(chosenOf('')).toEqual([])
  })
})
