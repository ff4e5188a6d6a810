/** From keys and the wheel to the index of the B-scan. */

/** The index `delta` B-scans further, held within the scan. */
export function stepFrame(index: number, count: number, delta: number): number {
  return Math.min(Math.max(0, count - 1), Math.max(0, index + delta))
}

/** The index a key leads to; null where the key is none of ours. Arrows step by one, with Shift (or Page up, down) by ten. */
export function frameForKey(key: string, shift: boolean, index: number, count: number): number | null {
  const stride = shift ? 10 : 1
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowUp':
      return stepFrame(index, count, -stride)
    case 'ArrowRight':
    case 'ArrowDown':
      return stepFrame(index, count, stride)
    case 'PageUp':
      return stepFrame(index, count, -10)
    case 'PageDown':
      return stepFrame(index, count, 10)
    case 'Home':
      return 0
    case 'End':
      return Math.max(0, count - 1)
    default:
      return null
  }
}

export interface WheelTurn {
  deltaX: number
  deltaY: number
  /** `WheelEvent.deltaMode`: 0 px, 1 lines, 2 pages */
  deltaMode: number
  shiftKey: boolean
}

/**
 * One turn of the wheel: how many B-scans to step, and the rest to add to the next turn. A mouse's notch is one B-scan; a touchpad's
 * small turns add up to one every 40 px. Shift makes it ten (browsers then report the turn as horizontal).
 */
export function wheelSteps(rest: number, turn: WheelTurn): { steps: number; rest: number } {
  const delta = turn.deltaY === 0 && turn.shiftKey ? turn.deltaX : turn.deltaY
  const pixels = delta * (turn.deltaMode === 0 ? 1 : 40)
  const sum = Math.sign(rest) === -Math.sign(pixels) ? pixels : rest + pixels
  if (Math.abs(sum) < 40) return { steps: 0, rest: sum }
  return { steps: Math.sign(sum) * (turn.shiftKey ? 10 : 1), rest: 0 }
}
