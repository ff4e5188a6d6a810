/** Which layer lines are shown: by their place in the file, and all at once. */

export interface LayerChoice {
  /** Whether any line is drawn. */
  on: boolean
  /** Names that a person switched off. */
  hidden: ReadonlySet<string>
}
export const allLayers: LayerChoice = { on: true, hidden: new Set() }

/** The names of a scan's layers in the file's order: as they first come, B-scan by B-scan. */
export function layerNames(frames: readonly { layers: readonly string[] }[]): string[] {
  return [...new Set(frames.flatMap((frame) => frame.layers))]
}

/** Whether a line is drawn. */
export function isShown(choice: LayerChoice, name: string): boolean {
  return choice.on && !choice.hidden.has(name)
}

/** All off, or back to what was shown before. */
export function withAll(choice: LayerChoice): LayerChoice {
  return { ...choice, on: !choice.on }
}

/** One line switched. Where all are off, it comes alone. */
export function withLayer(choice: LayerChoice, name: string, names: readonly string[]): LayerChoice {
  if (!choice.on) return { on: true, hidden: new Set(names.filter((one) => one !== name)) }
  const hidden = new Set(choice.hidden)
  if (!hidden.delete(name)) hidden.add(name)
  return names.every((one) => hidden.has(one)) ? { on: false, hidden: new Set() } : { on: true, hidden }
}

/** What a digit does: 1 to 9 switch the n-th line of the file, 0 brings all, or takes all away where all are shown. */
export function withDigit(choice: LayerChoice, digit: number, names: readonly string[]): LayerChoice {
  if (digit === 0) return choice.on && choice.hidden.size === 0 ? { on: false, hidden: new Set() } : allLayers
  const name = names[digit - 1]
  return name === undefined ? choice : withLayer(choice, name, names)
}
