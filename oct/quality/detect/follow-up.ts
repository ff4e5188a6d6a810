/** F: the same place, pattern and resolution as the earlier scan of this eye. */
import type { MakeDetector } from '../examination.ts'

export const followUp: MakeDetector = () => ({ end: () => ({ criteria: [] }) })
