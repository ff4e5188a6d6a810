/** Runs in containers of the institute's OpenStack (Zun), one for each; for images that fetch and send by themselves. */
import { ScansideError } from '../../../oct/errors.ts'
import type { Engine, RunSpec, Workspace } from '../engine.ts'
import { createRemoteEngine } from '../remote/engine.ts'
import { type RemoteEngineParts, usualTimes } from '../remote/parts.ts'
import { checkInputPath } from '../verified.ts'
import { withoutStore, zunCarrier } from './carrier.ts'
import { courierVersion } from './courier-label.ts'

/** What isolation Zun cannot give, for the person who chooses it. */
export const zunWarning =
  'In a container of Zun the analysis has the network, the image’s own user and all rights Docker gives by default; its root is writable and its processes are not counted. Scanside can take none of that away there: choose it for images you trust as you trust this application.'

/** What a receipt of Zun cannot prove beside what holds for every cloud. */
export const zunCannotProve = 'That the container was made from the very image this desk allows: Zun takes images by their name and tells no digest.'

export interface ZunEngineParts extends RemoteEngineParts {
  /** The value of the image's label `org.scanside.courier`, as this desk knows the image; null where it has none. */
  courierOf(image: { name: string; digest: string }): Promise<string | null>
}

const checkCourier = async (parts: ZunEngineParts, { image }: RunSpec): Promise<void> => {
  // Without an image there is no place in the archive either, which staging refuses in its own words.
  if (image === undefined) return
  const version = await parts.courierOf(image)
  if (version === courierVersion) return
  throw new ScansideError(
    'image-refused',
    version === null
      ? `The image ${image.name} cannot fetch scans and send results by itself, as containers of this cloud must (label org.scanside.courier). Nothing was sent; choose machines for it in the settings, or run it at this desk.`
      : `The image ${image.name} was made for another version of Scanside’s containers in the cloud. Nothing was sent; load its newest version.`,
    { courier: version },
  )
}

/** Nothing is sent before the first call. */
export function createZunEngine(parts: ZunEngineParts): Engine {
  const remote = createRemoteEngine(parts, zunCarrier(parts, { ...usualTimes, ...parts.times }))
  return {
    ...remote,

    async probe() {
      const health = await remote.probe()
      if (health.state !== 'ready') return health
      if (!parts.cloud.objects?.tempUrl) return { ...health, state: 'refused', message: withoutStore }
      if (parts.choices.network.kind === 'none') {
        return { ...health, state: 'refused', message: 'Containers of the cloud need a network. Choose one in the settings.' }
      }
      return { ...health, message: `${health.message}. ${zunWarning}` }
    },

    async open(spec): Promise<Workspace> {
      const workspace = await remote.open(spec)
      return {
        ...workspace,
        async stage(inputs, signal, onProgress) {
          for (const { ref } of inputs) checkInputPath(ref.path)
          if (!parts.cloud.objects?.tempUrl) throw new ScansideError('not-supported', withoutStore)
          await checkCourier(parts, spec)
          return await workspace.stage(inputs, signal, onProgress)
        },
        async wipe() {
          const report = await workspace.wipe()
          return { ...report, cannotProve: [...(report.cannotProve ?? []), zunCannotProve] }
        },
      }
    },
  }
}
