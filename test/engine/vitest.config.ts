import { defineConfig } from 'vitest/config'

/** The engine's contract, against the engine named by SCANSIDE_ENGINE (`unix:///…`). `test/engine/run.ts` runs it for Docker and for Podman. */
export default defineConfig({
  test: {
    include: ['test/engine/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One after the other: each asks the engine what is left.
    fileParallelism: false,
  },
})
