/** Neutron: the networks a machine can be put on, and the ports it leaves or does not leave. */
import { z } from 'zod'
import type { Cloud } from './openstack.ts'
import { byMarkers, readAs, rootOf, type Service } from './service.ts'

const links = z.array(z.object({ rel: z.string() })).default([])
const networksPage = z.object({
  networks: z.array(
    z.object({ id: z.string(), name: z.string().default(''), 'router:external': z.boolean().default(false), shared: z.boolean().default(false) }),
  ),
  networks_links: links,
})
const portsPage = z.object({ ports: z.array(z.object({ id: z.string() })), ports_links: links })

export const connectNeutron = (service: Service): NonNullable<Cloud['networks']> => {
  const base = `${rootOf(service.url)}/v2.0`

  const goesOn = (rels: { rel: string }[]) => rels.some((link) => link.rel === 'next')

  return {
    async list(signal) {
      const found = await byMarkers('network', async (marker) => {
        const page = await readAs(networksPage, await service.ask({ method: 'GET', base, path: '/networks', query: marker, signal }), 'network')
        return { items: page.networks, more: goesOn(page.networks_links) }
      })
      return found.map((network) => ({
        id: network.id,
        name: network.name,
        external: network['router:external'],
        shared: network.shared,
      }))
    },
    async portsOf(serverId, signal) {
      const found = await byMarkers('network', async (marker) => {
        const query = { device_id: serverId, fields: 'id', ...marker }
        const page = await readAs(portsPage, await service.ask({ method: 'GET', base, path: '/ports', query, signal }), 'network')
        return { items: page.ports, more: goesOn(page.ports_links) }
      })
      return found.map((port) => port.id)
    },
  }
}
