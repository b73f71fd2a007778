// The test of every spec: whatever it does, no page and no worker of it may break the policy or ask another machine for anything.

import { test as base, expect } from '@playwright/test'

export { expect }

export const test = base.extend<{ watched: undefined }>({
  watched: [
    async ({ context }, use) => {
      const broken: string[] = []
      context.on('request', (request) => {
        const { protocol, hostname } = new URL(request.url())
        const isHere = hostname === 'localhost' || hostname === '127.0.0.1'
        if (protocol.startsWith('http') && !isHere) broken.push(request.url())
      })
      context.on('console', (message) => {
        if (/content security policy|trusted ?types|VIOLATION/i.test(message.text())) broken.push(message.text())
      })
      const listen = () => {
        addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
          console.error(`VIOLATION ${violatedDirective} ${blockedURI} ${sourceFile}`)
        })
      }
      await context.addInitScript(listen)
      // A worker that has ended meanwhile has nothing more to tell.
      context.on('page', (page) => page.on('worker', (worker) => void worker.evaluate(listen).catch(() => undefined)))
      await use(undefined)
      expect(broken).toEqual([])
    },
    { auto: true },
  ],
})
