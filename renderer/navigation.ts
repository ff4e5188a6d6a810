/** Where the person is: one of five places, with the viewer over it when a scan is open. View state only; nothing here is kept. */
import { create } from 'zustand'
import type { ScanRef } from '../preload/contract.ts'

export const places = ['inbox', 'archive', 'runs', 'cohort', 'settings'] as const
export type Place = (typeof places)[number]

interface Navigation {
  place: Place
  /** The scan that lies open over the place; `back` is the place Esc returns to. `among` are its neighbours for "scan 1 of 4". */
  viewer: { ref: ScanRef; back: Place; among: ScanRef[] } | null
  /** The run shown on the runs page. */
  run: string | null
  /** Whether the runs page shows what waits to go home instead of the runs. */
  waiting: boolean
  /** The part of the settings somebody was sent to; null once it has been shown. */
  section: 'cloud' | 'self-check' | null
  /** Local ids of the scans that were dropped on this window, oldest first. */
  dropped: readonly string[]
}

export const useNavigation = create<Navigation>(() => ({ place: 'archive', viewer: null, run: null, waiting: false, section: null, dropped: [] }))

/** Goes to a place; an open viewer closes. */
export function go(place: Place): void {
  useNavigation.setState({ place, viewer: null })
}

/** Goes to the cloud's part of the settings. */
export function goToCloud(): void {
  useNavigation.setState({ place: 'settings', viewer: null, section: 'cloud' })
}

/** Goes to what waits to go home. */
export function showWaiting(): void {
  useNavigation.setState({ place: 'runs', viewer: null, waiting: true })
}

/** Goes to the runs, whichever of them was chosen. */
export function showRuns(): void {
  useNavigation.setState({ place: 'runs', viewer: null, waiting: false })
}

/** Goes to the self-check. */
export function goToSelfCheck(): void {
  useNavigation.setState({ place: 'settings', viewer: null, section: 'self-check' })
}

/** Dropped scans to flip through are the newest of these; older ones may be gone from the desk. */
const rememberedDrops = 50

/**
 * Opens a scan over the current place. `among` are the scans one can flip through from it, itself included; a dropped scan stands among
 * those dropped before it.
 */
export function openViewer(ref: ScanRef, among?: ScanRef[]): void {
  useNavigation.setState((state) => {
    const dropped = ref.kind === 'local' ? remembered(state.dropped, ref.local) : state.dropped
    const around = among ?? (ref.kind === 'local' ? withDropped([], dropped) : [ref])
    return { dropped, viewer: { ref, among: around, back: state.viewer?.back ?? state.place } }
  })
}

/** Scans with all dropped ones after them, each once. */
export function withDropped(refs: readonly ScanRef[], dropped: readonly string[]): ScanRef[] {
  const there = new Set(refs.flatMap((ref) => (ref.kind === 'local' ? [ref.local] : [])))
  return [...refs, ...dropped.filter((local) => !there.has(local)).map((local): ScanRef => ({ kind: 'local', local }))]
}

function remembered(dropped: readonly string[], local: string): readonly string[] {
  return dropped.includes(local) ? dropped : [...dropped, local].slice(-rememberedDrops)
}

/** Closes the viewer; the place below is as it was left. */
export function closeViewer(): void {
  useNavigation.setState({ viewer: null })
}

/** Goes to the runs page with this run chosen. */
export function openRun(run: string): void {
  useNavigation.setState({ place: 'runs', viewer: null, waiting: false, run })
}

/** Chooses a run on the runs page without leaving it. */
export function chooseRun(run: string | null): void {
  useNavigation.setState({ run })
}
