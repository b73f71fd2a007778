// Unit tests run in Node: the core needs nothing else, and the page is tested in a real browser.

import { defineConfig } from 'vitest/config'

/** With CAMPAIGN=full some tests do fifty times as much. */
const testTimeout = process.env.CAMPAIGN === 'full' ? 3_600_000 : 120_000

export default defineConfig({
  test: { include: ['tests/**/*.test.ts'], environment: 'node', testTimeout, pool: 'forks' },
})
