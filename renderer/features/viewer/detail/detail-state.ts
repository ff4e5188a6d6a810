/** How the lower pane was left: kept while the window is open, for every scan that follows. */
import { create } from 'zustand'
import type { Order } from './sectors.ts'

export const tabNames = ['map', 'profile', 'enFace'] as const
export type TabName = (typeof tabNames)[number]

interface DetailState {
  tab: TabName
  /** CSS px of the whole pane; null for the usual share of the window. */
  height: number | null
  collapsed: boolean
  order: Order
  /** 0..1 of the map over the SLO */
  opacity: number
  /** Whether the retina's map has its fixed scale. */
  fixed: boolean
}

export const useDetail = create<DetailState>(() => ({
  tab: 'map',
  height: null,
  collapsed: false,
  order: 'TSNIT',
  opacity: 0.8,
  fixed: true,
}))

/** The pane's least height: its bar and a figure that can still be read. */
export const leastHeight = 168
/** What stays for the pictures above. */
export const leftAbove = 236

/** A third of the window, within what can be read and what the pictures need. @param room CSS px of all panes */
export function usualHeight(room: number): number {
  return heldHeight(Math.round(room * 0.36), room)
}

export function heldHeight(height: number, room: number): number {
  return Math.max(leastHeight, Math.min(height, room - leftAbove))
}
