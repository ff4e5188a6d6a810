/** Which address of the catalog is asked for which service. Pure. */
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import type { CloudConfig } from './openstack.ts'
import { type ServiceType, serviceNames } from './service.ts'

export const catalogSchema = z.array(
  z.object({
    type: z.string(),
    endpoints: z.array(
      z.object({
        interface: z.string(),
        region: z.string().nullish(),
        region_id: z.string().nullish(),
        url: z.string(),
      }),
    ),
  }),
)
export type Catalog = z.infer<typeof catalogSchema>

/** Types as the service types authority lists them, with the older names clouds still use; the first found wins. */
const aliases: Record<ServiceType, string[]> = {
  identity: ['identity'],
  compute: ['compute', 'computev21'],
  image: ['image', 'imagev2'],
  network: ['network'],
  'object-store': ['object-store', 'object-storage'],
  container: ['container', 'application-container'],
}

const wanted: ServiceType[] = ['compute', 'image', 'network', 'object-store', 'container']

export interface Endpoints {
  /** Null where the catalog names none at all. */
  region: string | null
  /** Without a slash at the end; a service that is left out is not there. */
  urls: Partial<Record<ServiceType, string>>
}

/**
 * @throws ScansideError `invalid-argument` where the region is not known, or none was chosen and there are several (`details.regions` names them), or
 * a service has no address for the interface chosen
 */
export const chooseEndpoints = (catalog: Catalog, choice: Pick<CloudConfig, 'region' | 'interface'>): Endpoints => {
  const regions = regionsOf(catalog)
  if (choice.region !== null && regions.length > 0 && !regions.includes(choice.region)) {
    throw new ScansideError(
      'invalid-argument',
      `The cloud does not know the region “${choice.region.slice(0, 100)}”. There ${regions.length === 1 ? 'is' : 'are'}: ${told(regions)}.`,
      { reason: 'region', regions: told(regions) },
    )
  }
  if (choice.region === null && regions.length > 1) {
    throw new ScansideError('invalid-argument', `The cloud has several regions. Choose one: ${told(regions)}.`, {
      reason: 'region',
      regions: told(regions),
    })
  }
  const region = choice.region ?? regions[0] ?? null
  const urls: Endpoints['urls'] = {}
  for (const type of wanted) {
    const url = addressOf(catalog, type, region, choice.interface)
    if (url !== null) urls[type] = url
  }
  return { region, urls }
}

/** Names of the regions in which one of the services Scanside uses has an address, in the catalog's order. */
export const regionsOf = (catalog: Catalog): string[] => {
  const used = new Set(wanted.flatMap((type) => aliases[type]))
  const names = catalog.filter((service) => used.has(service.type)).flatMap((service) => service.endpoints.map(regionName))
  return [...new Set(names.filter((name) => name !== null))]
}

const regionName = (endpoint: Catalog[number]['endpoints'][number]): string | null => endpoint.region_id ?? endpoint.region ?? null

const told = (regions: string[]): string => {
  const names = regions.slice(0, 20).map((name) => name.slice(0, 100))
  return names.join(', ') + (regions.length > 20 ? ', …' : '')
}

const addressOf = (catalog: Catalog, type: ServiceType, region: string | null, wish: CloudConfig['interface']): string | null => {
  for (const alias of aliases[type]) {
    const here = catalog
      .filter((service) => service.type === alias)
      .flatMap((service) => service.endpoints)
      .filter((endpoint) => region === null || regionName(endpoint) === null || regionName(endpoint) === region)
    if (here.length === 0) continue
    const match = here.find((endpoint) => endpoint.interface === wish || endpoint.interface === `${wish}URL`)
    if (match) return match.url.replace(/\/+$/, '')
    if (type === 'container') continue
    const others = [...new Set(here.map((endpoint) => endpoint.interface))].join(', ')
    throw new ScansideError(
      'invalid-argument',
      `The cloud has no ${wish} address for its ${serviceNames[type]}. Choose the interface: ${others.slice(0, 100)}.`,
      { reason: 'interface', service: type },
    )
  }
  return null
}
