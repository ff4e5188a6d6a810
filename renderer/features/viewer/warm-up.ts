import { decoder } from './decoder.ts'
import { prepareEasels } from './easels.ts'

/** SLO, B-scan and map */
const panes = 3

/** Makes ahead, while the window is idle, what the first scan would have to wait for. */
export function warmViewer(): void {
  prepareEasels(panes)
  requestIdleCallback(() => decoder.warm())
}
