/** The site file's `cloud`: the institute's OpenStack, the same for every desk. */
import type { WrittenChoices } from '../cloud/offers.ts'
import type { EngineImage } from '../engines/docker/images.ts'
import type { CloudConfig } from '../openstack/openstack.ts'

export interface SiteCloud {
  /** Where and how each desk signs in. */
  config: CloudConfig
  /** From the secure.yaml beside the site file; null where each desk signs in once by itself. */
  secret: string | null
  choices: WrittenChoices
  /** Images that run in the cloud although no engine of a desk has them. */
  pipelines: EngineImage[]
}
