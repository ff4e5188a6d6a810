/** Runs on machines of the institute's OpenStack, one for each. */
import type { Engine } from '../engine.ts'
import { createRemoteEngine } from '../remote/engine.ts'
import { type RemoteEngineParts, usualTimes } from '../remote/parts.ts'
import { novaCarrier } from './carrier.ts'

/** Nothing is sent before the first call. */
export const createNovaEngine = (parts: RemoteEngineParts): Engine => createRemoteEngine(parts, novaCarrier(parts, { ...usualTimes, ...parts.times }))
