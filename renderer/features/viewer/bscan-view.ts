/** How a B-scan is shown: what two linked panes share, and what a saved picture repeats. */
import { noZoom, type ScaleMode, type Zoom } from './view.ts'
import { plainWindow, type WindowLevel } from './window-level.ts'

export interface BscanView {
  mode: ScaleMode
  zoom: Zoom
  level: WindowLevel
}

/** The whole image, as stored. */
export const plainView: BscanView = { mode: 'fit', zoom: noZoom, level: plainWindow }
