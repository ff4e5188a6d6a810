/** QI (Stein 2006) and mTCI (Huang 2012): experimental, never decide. */
import type { MakeDetector } from '../examination.ts'

export const experimental: MakeDetector = () => ({ end: () => ({ criteria: [] }) })
