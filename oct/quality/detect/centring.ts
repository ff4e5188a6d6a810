/** C: the ring against the disc, the macular grid against the foveal pit. */
import type { MakeDetector } from '../examination.ts'
import { notAssessed } from '../not-assessed.ts'

export const centring: MakeDetector = () => ({ end: () => ({ criteria: [notAssessed('C', 'Centring')] }) })
