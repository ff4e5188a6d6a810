/** A: layer lines that are missing, cross, jump, or lie off the border. */
import type { MakeDetector } from '../examination.ts'
import { notAssessed } from '../not-assessed.ts'

export const layers: MakeDetector = () => ({ end: () => ({ criteria: [notAssessed('A', 'Course of the layer lines')] }) })
