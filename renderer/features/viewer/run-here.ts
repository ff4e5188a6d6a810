/** Which pipelines can be started on one scan without asking anything. */
import type { Pipeline } from '../../../preload/contract.ts'

/** Those that can run at this desk and whose every required input has a default. */
export function runnable(pipelines: readonly Pipeline[]): Pipeline[] {
  return pipelines.filter((one) => one.refused === null && one.inputs.every((input) => !input.required || input.defaultValue !== null))
}

/** The defaults of all inputs that have one. */
export function startValues(pipeline: Pipeline): Record<string, string> {
  return Object.fromEntries(pipeline.inputs.flatMap((input) => (input.defaultValue === null ? [] : [[input.name, input.defaultValue]])))
}
