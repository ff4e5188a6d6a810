/** Motion and blinks between B-scans. */
import type { MakeDetector } from '../examination.ts'

export const motion: MakeDetector = () => ({ end: () => ({ criteria: [] }) })
