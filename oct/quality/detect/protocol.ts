/** O: scan pattern, size, B-scan count, ART and resolution as the protocol wants them. */
import type { MakeDetector } from '../examination.ts'
import { notAssessed } from '../not-assessed.ts'

export const protocol: MakeDetector = () => ({ end: () => ({ criteria: [notAssessed('O.protocol', 'Protocol')] }) })
