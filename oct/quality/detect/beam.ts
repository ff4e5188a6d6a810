/** B: left/right brightness of the ONL, tilt of BM. */
import type { MakeDetector } from '../examination.ts'
import { notAssessed } from '../not-assessed.ts'

export const beam: MakeDetector = () => ({ end: () => ({ criteria: [notAssessed('B', 'Beam placement')] }) })
