/** I: illumination of SLO and B-scans, vignetting, saturation. */
import type { MakeDetector } from '../examination.ts'
import { notAssessed } from '../not-assessed.ts'

export const illumination: MakeDetector = () => ({ end: () => ({ criteria: [notAssessed('I', 'Illumination')] }) })
