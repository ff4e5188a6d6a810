/** The place a person chose last, for the next sheet of this window. What is not possible then is not taken. */
import { create } from 'zustand'
import type { Place } from '../../../preload/cloud.ts'

export const useLastPlace = create<{ place: Place }>(() => ({ place: 'auto' }))
