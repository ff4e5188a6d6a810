import { defineConfig } from 'vitest/config'

const common = { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } as const

/** The cloud's API alone, then machines that do what they are told. One after the other: each asks what is left. */
export default defineConfig({
  test: {
    projects: [
      { test: { ...common, name: 'api', include: ['test/openstack/*.test.ts'], sequence: { groupOrder: 0 } } },
      {
        test: {
          ...common,
          name: 'machines',
          include: ['test/openstack/machines/*.test.ts'],
          globalSetup: 'test/openstack/machines/engine-for-all.ts',
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
