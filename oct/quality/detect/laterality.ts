/** L: which eye, by the header, the anatomy and the pair of the visit. */
import type { MakeDetector } from '../examination.ts'

export const laterality: MakeDetector = () => ({ end: () => ({ criteria: [] }) })
