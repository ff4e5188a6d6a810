/** Glance: the images a machine can start from. */
import { z } from 'zod'
import type { Cloud, MachineImage } from './openstack.ts'
import { byMarkers, readAs, rootOf, type Service } from './service.ts'

const imageSchema = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  min_ram: z.number().nullish(),
  min_disk: z.number().nullish(),
  size: z.number().nullish(),
})
const pageSchema = z.object({ images: z.array(imageSchema), next: z.string().nullish() })

// What Glance says of every image; all else are properties somebody gave it.
const own = new Set(
  'id name status visibility protected owner created_at updated_at size virtual_size min_ram min_disk checksum container_format disk_format tags self file schema os_hidden os_hash_algo os_hash_value locations direct_url stores'.split(
    ' ',
  ),
)

const imageOf = (raw: z.infer<typeof imageSchema>): MachineImage => ({
  id: raw.id,
  name: raw.name ?? raw.id,
  minRamMiB: raw.min_ram ?? 0,
  minDiskGiB: raw.min_disk ?? 0,
  size: raw.size ?? 0,
  properties: Object.fromEntries(
    Object.entries(raw).flatMap(([name, value]) => (!own.has(name) && typeof value === 'string' ? [[name, value] as const] : [])),
  ),
})

export const connectGlance = (service: Service): NonNullable<Cloud['images']> => ({
  async list(signal) {
    const base = `${rootOf(service.url)}/v2`
    const found = await byMarkers('image', async (marker) => {
      const query = { status: 'active', limit: '200', ...marker }
      const page = await readAs(pageSchema, await service.ask({ method: 'GET', base, path: '/images', query, signal }), 'image')
      return { items: page.images, more: Boolean(page.next) }
    })
    return found.map(imageOf)
  },
})
