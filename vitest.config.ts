// Unit tests run in Node: the core needs nothing else, and the page is tested in a real browser.

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['tests/**/*.test.ts'], environment: 'node', testTimeout: 120_000, pool: 'forks' },
})
