import { defineConfig } from '@playwright/test'

// Chromium does not start its sandbox for root; the pages it shows here are our own. Everywhere else it keeps it.
const root = process.getuid?.() === 0
const launchOptions = {
  executablePath: '/usr/bin/chromium',
  args: [...(root ? ['--no-sandbox'] : []), '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking'],
}

export default defineConfig({
  outputDir: '../test-results',
  timeout: 180_000,
  expect: { timeout: 30_000 },
  workers: 1,
  retries: 0,
  forbidOnly: true,
  reporter: [['list'], ['json', process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ? {} : { outputFile: '../test-results/report.json' }]],
  use: { viewport: { width: 1440, height: 900 }, launchOptions, trace: 'off', actionTimeout: 30_000 },
  projects: [
    { name: 'flow', testDir: 'flow' },
    { name: 'electron', testDir: 'electron' },
    { name: 'screenshots', testDir: 'screenshots' },
  ],
})
