import { expect, it } from 'vitest'
import type { Pipeline } from '../../../preload/contract.ts'
import { runnable, startValues } from './run-here.ts'

const input = (name: string, required: boolean, defaultValue: string | null): Pipeline['inputs'][number] => ({
  name,
  label: name,
  description: '',
  type: 'string',
  required,
  defaultValue,
  choices: [],
  sensitive: false,
})
const pipeline = (refused: string | null, inputs: Pipeline['inputs']): Pipeline => ({
  id: 'p',
  name: 'p',
  label: 'P',
  version: '1',
  description: '',
  image: 'p:1',
  digest: '',
  context: 'scan',
  inputs,
  refused,
})

it('leaves out what is refused and what would have to ask', () => {
  const ready = pipeline(null, [input('profile', true, 'ring'), input('note', false, null)])
  expect(runnable([pipeline('wants the network', []), pipeline(null, [input('key', true, null)]), ready])).toEqual([ready])
})
it('starts with the defaults', () => {
  expect(startValues(pipeline(null, [input('profile', true, 'ring'), input('note', false, null)]))).toEqual({ profile: 'ring' })
})
