/** The form a pipeline's inputs make: its first values, what is wrong with them, and what a run is started with. Pure. */
import type { Pipeline } from '../../../preload/contract.ts'

type PipelineInput = Pipeline['inputs'][number]
export type Values = Record<string, string>

const isTrue = (value: string) => ['true', '1', 'yes'].includes(value.toLowerCase())

/** What a field shows before anyone touched it. A required choice without a default shows none: it is not made for the person. */
export function firstValues(inputs: PipelineInput[]): Values {
  const values: Values = {}
  for (const input of inputs) {
    const given = input.defaultValue ?? ''
    values[input.name] = input.type === 'boolean' ? String(isTrue(given)) : given
  }
  return values
}

/** The first input that keeps the run from starting, and why; null where all is well. */
export function wrongInput(inputs: PipelineInput[], values: Values): { input: PipelineInput; why: 'required' | 'not-a-number' } | null {
  for (const input of inputs) {
    const value = (values[input.name] ?? '').trim()
    if (value === '') {
      if (input.required && input.type !== 'boolean') return { input, why: 'required' }
    } else if (input.type === 'number' && !Number.isFinite(Number(value))) return { input, why: 'not-a-number' }
  }
  return null
}

/** What is sent: known inputs only; what was left empty is left out, so that the pipeline's own default holds. */
export function sentValues(inputs: PipelineInput[], values: Values): Values {
  const sent: Values = {}
  for (const input of inputs) {
    const value = values[input.name] ?? ''
    if (value !== '') sent[input.name] = input.type === 'number' ? value.trim() : value
  }
  return sent
}

/** The members of a choice of many, kept as one comma-separated value. */
export function chosenOf(value: string): string[] {
  return value === '' ? [] : value.split(',')
}

/** Adds or takes out one of a choice of many, in the order the choices are given in. */
export function toggleChoice(input: PipelineInput, value: string, choice: string): string {
  const chosen = new Set(chosenOf(value))
  if (!chosen.delete(choice)) chosen.add(choice)
  return input.choices
    .map((each) => each.value)
    .filter((each) => chosen.has(each))
    .join(',')
}
