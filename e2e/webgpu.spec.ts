// The WebGPU path on Chromium's software adapter: a micro pack, every node on the GPU, latents held against wasm's.

import { expect, type Page, test } from '@playwright/test'
import type { BackendChoice, Jobs } from '../src/protocol/jobs.ts'
import { makeMicroPack, serveInstead } from './micro-pack.ts'
import { openPage } from './page.ts'

const SETTINGS = { k: 3, seed: 5, steps: 2, sampler: 'ddim', guidance: 3, eta: 0, width: 128, height: 128 } as const

test('WebGPU gives the latents that wasm gives, and says that it is in use', async ({ page, context }) => {
  await serveInstead(context, await makeMicroPack())
  await openPage(page)
  const onCpu = await runInWorker(page, 'wasm')
  const onGpu = await runInWorker(page, 'webgpu')
  expect(onCpu.backend).toBe('wasm')
  expect(onGpu.backend).toMatch(/^webgpu/)
  expect(onGpu.latents).toHaveLength(onCpu.latents.length)
  const scale = Math.max(...onCpu.latents.map(Math.abs))
  expect(scale).toBeGreaterThan(0.1)
  const difference = Math.max(...onCpu.latents.map((value, i) => Math.abs(value - (onGpu.latents[i] ?? Number.NaN))))
  expect(difference / scale).toBeLessThan(1e-3)
})

/** Speaks the page's own protocol to a worker of its own, because the page keeps no latents. */
async function runInWorker(page: Page, backend: BackendChoice): Promise<{ backend: string; latents: number[] }> {
  const worker = page.workers().find((candidate) => /generate\.worker/.test(candidate.url()))
  if (worker === undefined) throw new Error('the page has no generate worker')
  return page.evaluate(
    async ({ url, backend, settings }) => {
      const worker = new Worker(url, { type: 'module' })
      let lastId = 0
      const run = <Name extends keyof Jobs>(name: Name, input: Jobs[Name]['input']): Promise<Jobs[Name]['output']> =>
        new Promise((resolve, reject) => {
          const id = ++lastId
          worker.addEventListener('message', ({ data }) => {
            if (data.id !== id) return
            if (data.kind === 'done') resolve(data.output)
            if (data.kind === 'failed') reject(new Error(JSON.stringify(data.error)))
          })
          worker.postMessage({ kind: 'run', id, name, input })
        })
      const packUrl = new URL('packs/kindred-mini/', location.href).href
      const opened = await run('open-pack', { packUrl, backend })
      const styleId = opened.pack.styles[0]?.id ?? ''
      const { latents } = await run('generate', { prompt: 'a red house by the sea', styleId, settings })
      worker.terminate()
      return { backend: opened.backend.name, latents: [...latents.data] }
    },
    { url: worker.url(), backend, settings: SETTINGS },
  )
}
