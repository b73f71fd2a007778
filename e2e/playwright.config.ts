// End-to-end tests in a real Chromium, over the built page as `npm start` serves it.

import { defineConfig } from '@playwright/test'
import { browserArguments, findBrowser } from '../tools/browser.ts'

const port = Number(process.env.E2E_PORT ?? 4319)
const executablePath = findBrowser()

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  timeout: 300_000,
  expect: { timeout: 30_000 },
  workers: 1,
  // A busy machine is no fault; `npm test` counts what passes at a second try apart, and each is a race to be mended.
  retries: 1,
  forbidOnly: true,
  reporter: [['list'], ['json']],
  use: {
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1440, height: 900 },
    // Only offline.spec.ts has them: elsewhere they would answer what a test makes the server do.
    serviceWorkers: 'block',
    launchOptions: {
      args: browserArguments({ webgpu: true }),
      ...(executablePath === null ? {} : { executablePath }),
    },
  },
  webServer: {
    command: `npx tsx tools/serve.ts`,
    cwd: '..',
    env: { PORT: String(port) },
    url: `http://localhost:${port}`,
    timeout: 240_000,
    reuseExistingServer: false,
  },
})
