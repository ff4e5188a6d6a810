/**
 * What Scanside needs of an OpenStack cloud: Keystone, Nova, Glance, Neutron, Swift and Zun as one typed object. `connect.ts` implements it
 * over HTTP. Every call may reject with `unreachable`, `unauthorized`, `forbidden`, `quota`, `timeout`, `cancelled` or `untrusted-certificate`,
 * each with a sentence; a 404 is an answer (null), not an error.
 */

/** What is known of a cloud and how to sign in, without any secret: safe to keep in lab.db and to show. */
export interface CloudConfig {
  /** As clouds.yaml or the person calls it. */
  name: string
  /** Keystone, ending in `/v3`. */
  authUrl: string
  /** Null: the only one the catalog knows. */
  region: string | null
  interface: 'public' | 'internal' | 'admin'
  /** The cloud's own CA certificates (PEM) beside the site's. */
  ca: string[]
  auth:
    | { kind: 'application-credential'; id: string }
    /** By name it needs its owner. */
    | { kind: 'application-credential-name'; name: string; user: string; userDomain: string }
    | { kind: 'password'; user: string; userDomain: string; project: string; projectDomain: string }
}

/** The secret that goes with a config: an application credential's, or a password. Vault and memory only. */
export interface CloudAccess {
  config: CloudConfig
  secret: string
}

export interface Flavor {
  id: string
  name: string
  vcpus: number
  /** MiB */
  ramMiB: number
  /** GiB; 0: the image's own size */
  diskGiB: number
}

export interface MachineImage {
  id: string
  name: string
  /** MiB and GiB the image asks for; 0: none */
  minRamMiB: number
  minDiskGiB: number
  /** bytes */
  size: number
  /** Image properties as strings, to find what it holds (`scanside_engine`). */
  properties: Record<string, string>
}

export interface Network {
  id: string
  name: string
  external: boolean
  shared: boolean
}

export type ServerStatus = 'BUILD' | 'ACTIVE' | 'SHUTOFF' | 'ERROR' | 'DELETED' | 'SOFT_DELETED' | 'OTHER'

export interface Server {
  id: string
  name: string
  status: ServerStatus
  /** ISO 8601, UTC */
  created: string
  metadata: Record<string, string>
  /** Why it is in ERROR, as the cloud says it; null else. */
  fault: { code: number; message: string } | null
}

export interface NewServer {
  /** Opaque: `scanside-<run>`. */
  name: string
  imageId: string
  flavorId: string
  /** `auto` and `none` need microversion 2.37. */
  network: { kind: 'given'; id: string } | { kind: 'auto' } | { kind: 'none' }
  zone: string | null
  /** cloud-init's text, at most 49,149 bytes. */
  userData: string
  metadata: Record<string, string>
}

/** -1 means without limit. */
export interface Quota {
  used: number
  max: number
}
export interface Limits {
  instances: Quota
  cores: Quota
  /** MiB */
  ramMiB: Quota
}

export interface Compute {
  /** What the service offers, as negotiated. `2.37` or newer is needed; else connecting says so. */
  readonly microversion: string
  flavors(signal?: AbortSignal): Promise<Flavor[]>
  zones(signal?: AbortSignal): Promise<string[]>
  limits(signal?: AbortSignal): Promise<Limits>
  /** Never sent twice: whoever lost the answer asks `serversNamed`. The id says nothing of success: `server` does. */
  create(server: NewServer, signal?: AbortSignal): Promise<{ id: string }>
  /** Null: the cloud answers 404. */
  server(id: string, signal?: AbortSignal): Promise<Server | null>
  /** Exactly this name; also those in ERROR. */
  serversNamed(name: string, signal?: AbortSignal): Promise<Server[]>
  /** All of this project whose name begins so, by pages. */
  serversOf(namePrefix: string, signal?: AbortSignal): Promise<Server[]>
  /** 204 and 404 are both fine. `conflict` (409) rejects. */
  delete(id: string, signal?: AbortSignal): Promise<void>
  /** The end of the console's text; null where there is none (any more, or yet). */
  console(id: string, lines: number, signal?: AbortSignal): Promise<string | null>
}

export interface ObjectFacts {
  name: string
  /** bytes */
  size: number
  /** MD5, hex, as the listing gives it */
  md5: string
}

export interface ObjectStore {
  /** Whether links that need no credential (TempURL) can be made, and by which digests, best first. */
  readonly tempUrl: { digests: ('sha512' | 'sha256' | 'sha1')[]; levels: ('container' | 'account')[] } | null
  /** Creates, or leaves as it is. `tempUrlKey` is set at container level. */
  makeContainer(name: string, options: { tempUrlKey?: string; metadata?: Record<string, string> }, signal?: AbortSignal): Promise<void>
  /** Its metadata and temporary key (owners may read it); null: 404. */
  container(name: string, signal?: AbortSignal): Promise<{ tempUrlKey: string | null; metadata: Record<string, string>; objects: number } | null>
  /** 204, 404 are fine; 409 (not empty) rejects with `conflict`. */
  deleteContainer(name: string, signal?: AbortSignal): Promise<void>
  containersOf(prefix: string, signal?: AbortSignal): Promise<string[]>
  objects(container: string, signal?: AbortSignal): Promise<ObjectFacts[]>
  /** Verified by the ETag. `deleteAfter`: seconds until the cloud removes it by itself. A stream needs its size. */
  put(
    container: string,
    name: string,
    body: Uint8Array | { stream: import('node:stream').Readable; size: number },
    options: { deleteAfter?: number; metadata?: Record<string, string> },
    signal?: AbortSignal,
  ): Promise<void>
  /** An object's size, MD5 and own metadata (lower-case names, as put); null: 404. */
  object(container: string, name: string, signal?: AbortSignal): Promise<(ObjectFacts & { metadata: Record<string, string> }) | null>
  /** Null: 404. Rejects with `integrity` beyond `limit` bytes. */
  get(container: string, name: string, limit: number, signal?: AbortSignal): Promise<Uint8Array | null>
  /** True while the object is there (HEAD is not 404). */
  has(container: string, name: string, signal?: AbortSignal): Promise<boolean>
  /** 204 and 404 are both fine. */
  deleteObject(container: string, name: string, signal?: AbortSignal): Promise<void>
  /**
   * A link for one method on one object that needs no credential. The moment it ends is reckoned by the cloud's clock.
   * @param seconds how long it is good
   */
  link(method: 'GET' | 'PUT', container: string, name: string, key: string, seconds: number): string
}

/** A container of Zun. */
export interface Capsule {
  uuid: string
  name: string
  status: 'Creating' | 'Created' | 'Running' | 'Stopped' | 'Error' | 'Dead' | 'Deleting' | 'Deleted' | 'Other'
  /** `Exited(0) 3 minutes ago`: the only place of the exit code. */
  statusDetail: string
  statusReason: string
  labels: Record<string, string>
}
export interface NewCapsule {
  name: string
  image: string
  /** Where Zun fetches the image. */
  imageDriver: 'docker' | 'glance'
  /** Whether a registry may be asked for it; `never`: it is on the hosts already. */
  pull: 'never' | 'ifnotpresent'
  /** One element per argument; null: the image's own. */
  command: string[] | null
  environment: Record<string, string>
  labels: Record<string, string>
  /** shares */
  cpus: number
  memoryMiB: number
  network: NewServer['network']
}
export interface Capsules {
  readonly microversion: string
  create(capsule: NewCapsule, signal?: AbortSignal): Promise<{ uuid: string }>
  /** By uuid; null: 404. */
  capsule(uuid: string, signal?: AbortSignal): Promise<Capsule | null>
  capsulesNamed(name: string, signal?: AbortSignal): Promise<Capsule[]>
  capsulesOf(namePrefix: string, signal?: AbortSignal): Promise<Capsule[]>
  logs(uuid: string, signal?: AbortSignal): Promise<string>
  /** `stop=true`; 404 is fine. */
  delete(uuid: string, signal?: AbortSignal): Promise<void>
}

/** A cloud somebody is signed in to. Tokens are renewed inside; a 401 in the middle signs in once again. */
export interface Cloud {
  /** Opaque and stable: SHA-256 over Keystone's address, project and region, 16 hex digits. */
  readonly id: string
  readonly config: CloudConfig
  readonly project: { id: string; name: string }
  readonly user: { id: string; name: string }
  readonly roles: string[]
  /** When the application credential ends, ISO 8601; null where it does not, or a password was used. */
  readonly expiresAt: string | null
  /** Cloud's clock minus this machine's, ms, by the last answer's Date. */
  clockSkewMs(): number
  readonly compute: Compute | null
  readonly images: { list(signal?: AbortSignal): Promise<MachineImage[]> } | null
  readonly networks: {
    list(signal?: AbortSignal): Promise<Network[]>
    /** Ids of ports that belong to a server. */
    portsOf(serverId: string, signal?: AbortSignal): Promise<string[]>
  } | null
  readonly objects: ObjectStore | null
  readonly capsules: Capsules | null
  /** Ends the Keystone token (DELETE /auth/tokens); never rejects. */
  close(): Promise<void>
}
