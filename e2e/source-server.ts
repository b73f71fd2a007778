// Serves the app's own modules to an empty page, for tests of what no page shows.

import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import type { Page } from '@playwright/test'
import { createServer } from 'vite'

const ROOT = resolve(import.meta.dirname, '..')

export interface SourceServer {
  readonly origin: string
  /** Opens an empty, cross-origin isolated page of this server's, which can import any of the app's modules by its path. */
  openEmptyPage(page: Page): Promise<void>
  close(): Promise<void>
}

/** @param cacheName the folder below node_modules for what Vite keeps: servers that run at once must not share one */
export async function startSourceServer(cacheName: string): Promise<SourceServer> {
  const server = await createServer({
    root: ROOT,
    base: '/',
    logLevel: 'error',
    cacheDir: `${ROOT}/node_modules/${cacheName}`,
    server: { port: 0, hmr: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
  })
  await server.listen()
  const address = server.httpServer?.address() as AddressInfo | undefined
  const origin = `http://localhost:${address?.port}`
  return {
    origin,
    async openEmptyPage(page) {
      await page.route('**/empty.html', (route) =>
        route.fulfill({
          contentType: 'text/html',
          body: '<!doctype html><title>empty</title>',
          headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
        }),
      )
      await page.goto(`${origin}/empty.html`)
    },
    close: () => server.close(),
  }
}
