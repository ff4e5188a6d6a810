import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{oct,main,preload,demo,images,renderer,scripts}/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
