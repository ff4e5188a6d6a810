/** The colour of each layer line. Tokens alone: the values stand in ui/tokens.css, their tests beside this file. */

/** Tokens of the usual boundaries, from the vitreous down. */
export const layerTokens = [
  '--layer-ilm',
  '--layer-rnfl',
  '--layer-gcl',
  '--layer-ipl',
  '--layer-inl',
  '--layer-opl',
  '--layer-onl',
  '--layer-elm',
  '--layer-pr1',
  '--layer-pr2',
  '--layer-rpe',
  '--layer-bm',
  '--layer-cho',
] as const
export type LayerToken = (typeof layerTokens)[number]

/** Names that mean one of the usual boundaries, as devices and files write them. */
const known: Record<string, LayerToken> = {
  ILM: '--layer-ilm',
  RNFL: '--layer-rnfl',
  NFL: '--layer-rnfl',
  GCL: '--layer-gcl',
  IPL: '--layer-ipl',
  INL: '--layer-inl',
  OPL: '--layer-opl',
  ONL: '--layer-onl',
  ELM: '--layer-elm',
  PR1: '--layer-pr1',
  IOS: '--layer-pr1',
  EZ: '--layer-pr1',
  PR2: '--layer-pr2',
  OPT: '--layer-pr2',
  IZ: '--layer-pr2',
  RPE: '--layer-rpe',
  BM: '--layer-bm',
  CHO: '--layer-cho',
}

/**
 * The token of each of a scan's layers. A usual name has its own; the others, and a second name for the same boundary, take one that is
 * still free, the furthest from the usual three first. Where all are taken they begin again.
 */
export function layerColours(names: readonly string[]): ReadonlyMap<string, LayerToken> {
  const colours = new Map<string, LayerToken>()
  const taken = new Set<LayerToken>()
  for (const name of names) {
    const token = known[name.toUpperCase()]
    if (!token || taken.has(token)) continue
    colours.set(name, token)
    taken.add(token)
  }
  const free = layerTokens.filter((token) => !taken.has(token)).reverse()
  let next = 0
  for (const name of names) {
    if (colours.has(name)) continue
    const from = free.length > 0 ? free : layerTokens
    colours.set(name, from[next % from.length] ?? '--layer-cho')
    next += 1
  }
  return colours
}
