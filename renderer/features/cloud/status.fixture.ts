import type { CloudStatus } from '../../../preload/cloud.ts'

/** A cloud that is ready; `change` makes it another. */
export const cloudStatus = (change: Partial<CloudStatus> = {}): CloudStatus => ({
  state: 'ready',
  message: '',
  name: 'lab',
  host: 'keystone.example.org',
  project: 'optic',
  user: 'mr',
  means: 'application-credential',
  expiresAt: null,
  kept: true,
  has: { machines: true, objects: true, containers: false },
  warnings: [],
  limits: null,
  choices: { engine: 'nova', image: 'i', flavor: null, network: { kind: 'auto' }, zone: null, maxMachines: 10 },
  runs: true,
  fixed: false,
  ...change,
})
