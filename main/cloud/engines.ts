/** Which engine runs go to in a cloud: its machines (Nova), or its containers (Zun). */
import type { CloudChoices } from '../../preload/cloud.ts'
import type { EngineImage } from '../engines/docker/images.ts'
import type { Engine } from '../engines/engine.ts'
import { createNovaEngine } from '../engines/nova/engine.ts'
import type { RemoteEngineParts } from '../engines/remote/parts.ts'
import { courierLabel } from '../engines/zun/courier-label.ts'
import { createZunEngine } from '../engines/zun/engine.ts'
import type { Cloud } from '../openstack/openstack.ts'
import { createImageSource } from './image-source.ts'

export interface CloudEnginesParts extends Omit<RemoteEngineParts, 'id' | 'kind' | 'cloud' | 'choices' | 'imageSource'> {
  /** What this desk knows of images: on its own engine, and by the site file. */
  images(): Promise<EngineImage[]>
}

/** Nothing is asked of the cloud before the engine is used. */
export const cloudEngines =
  ({ images, ...parts }: CloudEnginesParts) =>
  (cloud: Cloud, choices: CloudChoices): Engine => {
    const { engine: kind } = choices
    const imageSource = createImageSource({ objects: () => cloud.objects })
    const common: RemoteEngineParts = { ...parts, id: `${kind}:${cloud.id}`, kind, cloud, choices, imageSource }
    if (kind === 'nova') return createNovaEngine(common)
    const courierOf = async ({ digest }: { digest: string }) =>
      (await images()).find((image) => image.digest === digest)?.labels[courierLabel] ?? null
    return createZunEngine({ ...common, courierOf })
  }
