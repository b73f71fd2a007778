// The WebGPU path on Chromium's software adapter: a micro pack, every node on the GPU, latents held against wasm's.

import { makeMicroPack, serveInstead } from '../tools/micro-pack.ts'
import { makePicture, openOnWebGpu } from './gpu-loss.ts'
import { openPage, openSettings, setNumber } from './page.ts'
import { expect, test } from './test.ts'
import { runInWorker } from './worker-jobs.ts'

const PROMPT = 'a red house by the sea'
const SETTINGS = { k: 3, seed: 7, steps: 2, sampler: 'ddim', guidance: 3, eta: 0, width: 128, height: 128 } as const

test('WebGPU gives the latents that wasm gives with every node on the GPU, and says that it is in use', async ({
  page,
  context,
}) => {
  test.slow()
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  await serveInstead(context, await makeMicroPack())
  await openPage(page)
  const onCpu = await runInWorker(page, { backend: 'wasm', prompt: PROMPT, settings: SETTINGS })
  const onGpu = await runInWorker(page, { backend: 'webgpu', prompt: PROMPT, settings: SETTINGS })
  expect(onCpu.backend).toBe('wasm')
  expect(onGpu.backend).toMatch(/^webgpu/)
  expect(onGpu.latents).toHaveLength(onCpu.latents.length)
  const scale = Math.max(...onCpu.latents.map(Math.abs))
  expect(scale).toBeGreaterThan(0.1)
  const difference = Math.max(...onCpu.latents.map((value, i) => Math.abs(value - (onGpu.latents[i] ?? Number.NaN))))
  expect(difference / scale).toBeLessThan(1e-3)
  // Sessions refuse CPU fallback at first; one that could do no other would have said so.
  expect(said.filter((text) => /partly on the CPU|fallback/i.test(text))).toEqual([])
})

test('the page, asked for WebGPU by its address, paints the picture that wasm paints', async ({
  page,
  context,
  browser,
}) => {
  test.slow()
  await openOnWebGpu(page, context, 2)
  const { pixels: onGpu } = await makePicture(page)
  const another = await browser.newContext()
  await serveInstead(another, await makeMicroPack())
  const wasmPage = await another.newPage()
  await openPage(wasmPage, '?backend=wasm')
  await openSettings(wasmPage)
  await setNumber(wasmPage, 'Steps', 2)
  await setNumber(wasmPage, 'Neighbours', 3)
  await setNumber(wasmPage, 'Seed', SETTINGS.seed)
  await wasmPage.getByRole('radio', { name: '128 × 128' }).click({ force: true })
  const { pixels: onCpu } = await makePicture(wasmPage)
  await another.close()
  expect(onGpu).toHaveLength(128 * 128 * 4)
  expect(new Set(onGpu).size).toBeGreaterThan(16)
  const levels = onGpu.map((value, i) => Math.abs(value - (onCpu[i] ?? Number.NaN)))
  expect(Math.max(...levels)).toBeLessThanOrEqual(2)
})
