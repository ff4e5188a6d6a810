import { defineConfig } from 'vitest/config'

/** The stand-in held against python3-zunclient, and the Zun engine by the contract of engines. `test/zun/run.ts` runs it. */
export default defineConfig({
  test: {
    include: ['test/zun/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Both run containers on one engine and ask what is left.
    fileParallelism: false,
  },
})
