/** O: blur. */
import type { MakeDetector } from '../examination.ts'
import { notAssessed } from '../not-assessed.ts'

export const focus: MakeDetector = () => ({ end: () => ({ criteria: [notAssessed('O.blur', 'Focus')] }) })
