/** A cloud in memory, for tests of the room around it. */
import { ScansideError } from '../../oct/errors.ts'
import type { Cloud, CloudAccess, Compute, MachineImage, ObjectStore, Server } from '../openstack/openstack.ts'

export interface FakeCloud {
  /** How the next questions are answered; null: as usual. */
  fails: ScansideError | null
  connects: CloudAccess[]
  closed: number
  images: MachineImage[]
  servers: Server[]
  containers: Map<string, Record<string, string>>
  used: number
  expiresAt: string | null
  connect(access: CloudAccess): Promise<Cloud>
}

export const imageNamed = (name: string, properties: Record<string, string> = {}): MachineImage => ({
  id: `id-of-${name}`,
  name,
  minRamMiB: 0,
  minDiskGiB: 0,
  size: 1_000,
  properties,
})

const never = () => Promise.reject(new Error('not asked'))

export function fakeCloud(): FakeCloud {
  const fake: FakeCloud = {
    fails: null,
    connects: [],
    closed: 0,
    images: [imageNamed('debian'), imageNamed('scanside', { scanside_engine: 'docker' })],
    servers: [],
    containers: new Map(),
    used: 0,
    expiresAt: null,
    async connect(access) {
      fake.connects.push(access)
      if (fake.fails) throw fake.fails
      if (access.secret === 'wrong') throw new ScansideError('unauthorized', 'The cloud does not accept this.')
      const answer = async <T>(value: T): Promise<T> => {
        if (fake.fails) throw fake.fails
        return value
      }
      const compute: Compute = {
        microversion: '2.93',
        flavors: () => answer([{ id: 'f', name: 'small', vcpus: 2, ramMiB: 2_048, diskGiB: 20 }]),
        zones: () => answer(['nova']),
        limits: () => answer({ instances: { used: fake.used, max: 5 }, cores: { used: 0, max: -1 }, ramMiB: { used: 0, max: -1 } }),
        create: never,
        server: never,
        serversNamed: never,
        serversOf: () => answer(fake.servers),
        delete: never,
        console: never,
      }
      const objects: ObjectStore = {
        tempUrl: { digests: ['sha256'], levels: ['container'] },
        makeContainer: never,
        container: async (name) => {
          const metadata = fake.containers.get(name)
          return metadata ? { tempUrlKey: null, metadata, objects: 0 } : null
        },
        deleteContainer: never,
        containersOf: () => answer([...fake.containers.keys()]),
        objects: never,
        put: never,
        object: never,
        get: never,
        has: never,
        deleteObject: never,
        link: () => '',
      }
      return {
        id: 'c10d',
        config: access.config,
        project: { id: 'p', name: 'imaging' },
        user: { id: 'u', name: 'jk' },
        roles: ['member', 'reader'],
        expiresAt: fake.expiresAt,
        clockSkewMs: () => 0,
        compute,
        images: { list: () => answer(fake.images) },
        networks: { list: () => answer([{ id: 'n', name: 'lab-net', external: false, shared: false }]), portsOf: never },
        objects,
        capsules: null,
        close: async () => {
          fake.closed += 1
        },
      }
    },
  }
  return fake
}
