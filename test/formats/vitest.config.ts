import { defineConfig } from 'vitest/config'

/** Round trips of every format, and the real scans where SCANSIDE_TEST_DATA points at them. */
export default defineConfig({
  test: {
    include: ['test/formats/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
