// WebGPU's fused operators, run whole on Chromium's software adapter, whose narrow subgroups make the app itself do without them.

import type { Page } from '@playwright/test'
import { autoencoderShapes, buildDecoder } from '../src/core/onnx/autoencoder.ts'
import { silu } from '../src/core/onnx/blocks.ts'
import { GraphBuilder, type GraphVariant } from '../src/core/onnx/graph-builder.ts'
import { readGraphInputs, sizesOf } from '../src/core/onnx/graph-inputs.ts'
import { buildUnet, resBlock, unetShapes } from '../src/core/onnx/unet.ts'
import type { WeightCatalog } from '../src/core/onnx/weight-catalog.ts'
import type { Tensor } from '../src/core/tensor/tensor.ts'
import type { OnnxRuntime } from '../src/platform/onnx-session.ts'
import type { BackendChoice } from '../src/protocol/jobs.ts'
import { relativeError, type SeededFile, type Shapes, seededFile } from '../tests/core/onnx/run-graph.ts'
import { MICRO_AUTOENCODER, microUnet } from '../tools/micro-pack.ts'
import { seededInput } from '../tools/seeded-weights.ts'
import { type SourceServer, startSourceServer } from './source-server.ts'
import { expect, test } from './test.ts'

const CONTEXT_DIM = 32

interface Case {
  readonly name: string
  readonly shapes: Shapes
  readonly build: (catalog: WeightCatalog, variant: GraphVariant) => Uint8Array
  readonly feeds: Readonly<Record<string, Tensor>>
  /** Operators that the webgpu variant has and the portable one has not. */
  readonly fused: readonly string[]
}

/** Attention only where the picture is at most 4x4: from 32 queries on, the fused one is wrong on this adapter. */
const UNET = { ...microUnet(CONTEXT_DIM), attention_resolutions: [2, 4, 8] }

const CASES: readonly Case[] = [
  {
    name: 'a residual block',
    shapes: shapesOfResBlock(),
    build: (catalog, variant) => {
      const g = new GraphBuilder(catalog, { dtype: 'fp32', variant })
      addResBlock(g)
      return g.build('resblock')
    },
    feeds: { x: seededInput('x', [2, 32, 16, 24]), emb: seededInput('emb', [2, 128]) },
    fused: ['GroupNorm'],
  },
  {
    name: "the micro pack's decoder over 16 latents",
    shapes: Object.fromEntries(autoencoderShapes(MICRO_AUTOENCODER)),
    build: (catalog, variant) => buildDecoder(MICRO_AUTOENCODER, catalog, { dtype: 'fp32', variant, scaleFactor: 0.2 }),
    feeds: { latents: seededInput('latents', [1, 16, 4, 4]) },
    fused: ['GroupNorm', 'MultiHeadAttention'],
  },
  {
    name: 'a U-Net with guidance',
    shapes: Object.fromEntries(unetShapes(UNET)),
    build: (catalog, variant) => buildUnet(UNET, catalog, { dtype: 'fp32', variant }),
    feeds: {
      sample: seededInput('sample', [2, 16, 8, 8]),
      timestep: { dims: [2], data: Float32Array.of(500, 500) },
      context: seededInput('context', [2, 4, CONTEXT_DIM]),
    },
    fused: ['GroupNorm', 'MultiHeadAttention'],
  },
]

let server: SourceServer

test.beforeAll(async () => {
  server = await startSourceServer('.vite-fused-graphs')
})

test.afterAll(() => server.close())

for (const { name, shapes, build, feeds, fused } of CASES) {
  test(`${name} with fused operators computes on WebGPU what the portable one does in wasm`, async ({ page }) => {
    test.slow()
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    await server.openEmptyPage(page)
    const { catalog, externalData } = seededFile(shapes, 'fp32')
    const [portable, webgpu] = [build(catalog, 'portable'), build(catalog, 'webgpu')]
    for (const operator of fused) {
      expect(Buffer.from(webgpu).includes(operator)).toBe(true)
      expect(Buffer.from(portable).includes(operator)).toBe(false)
    }

    const expected = await runInPage(page, 'wasm', { graph: portable, externalData, feeds })
    const fusedOnGpu = await runInPage(page, 'webgpu', { graph: webgpu, externalData, feeds })
    expect(Math.max(...expected.data.map(Math.abs))).toBeGreaterThan(0.1)
    expect(relativeError(fusedOnGpu, expected)).toBeLessThan(1e-3)
    // A session that could not do without the CPU would have said so.
    expect(said.filter((text) => /partly on the CPU|fallback/i.test(text))).toEqual([])
  })
}

interface GraphRun {
  readonly graph: Uint8Array
  readonly externalData: SeededFile['externalData']
  readonly feeds: Readonly<Record<string, Tensor>>
}

/** The graph's first output, from a session of the app's own runtime in the page. */
async function runInPage(page: Page, backend: BackendChoice, run: GraphRun): Promise<Tensor> {
  const likely = sizesOf(readGraphInputs(run.graph), run.feeds)
  const files = new Map([['graph', run.graph], ...run.externalData.map(({ path, data }) => [path, data] as const)])
  await page.route('**/graph-files/*', (route) => {
    const bytes = files.get(new URL(route.request().url()).pathname.split('/').at(-1) ?? '')
    return bytes === undefined ? route.abort() : route.fulfill({ body: Buffer.from(bytes) })
  })
  const { dims, data } = await page.evaluate(
    async ({ backend, locations, likely, feeds }) => {
      const { createOnnxRuntime } = (await import(`${location.origin}/src/platform/onnx-session.ts`)) as {
        createOnnxRuntime: (choice: BackendChoice) => Promise<OnnxRuntime>
      }
      const read = async (name: string) => new Uint8Array(await (await fetch(`/graph-files/${name}`)).arrayBuffer())
      const runtime = await createOnnxRuntime(backend)
      const externalData = await Promise.all(
        locations.map(async (location) => ({ location, data: await read(location) })),
      )
      const session = await runtime.createSession({ graph: await read('graph'), externalData, likely })
      const inputs = feeds.map(([name, { dims, data }]) => [name, { dims, data: Float32Array.from(data) }] as const)
      const [output] = Object.values(await session.run(Object.fromEntries(inputs)))
      await session.release()
      runtime.close()
      if (output === undefined) throw new Error('the graph has no output')
      return { dims: output.dims, data: [...output.data] }
    },
    {
      backend,
      likely,
      locations: run.externalData.map(({ path }) => path),
      feeds: Object.entries(run.feeds).map(([name, { dims, data }]) => [name, { dims, data: [...data] }] as const),
    },
  )
  await page.unroute('**/graph-files/*')
  return { dims, data: Float32Array.from(data) }
}

function addResBlock(g: GraphBuilder): void {
  const x = g.input('x', 'float32', ['batch', 32, 'height', 'width'])
  const emb = g.input('emb', 'float32', ['batch', 128])
  const out = resBlock(g, 'block', x, silu(g, 'emb', emb), { cin: 32, cout: 64, embDim: 128 })
  g.output('out', out, ['batch', 64, 'height', 'width'])
}

function shapesOfResBlock(): Shapes {
  const g = new GraphBuilder(null, { dtype: 'fp32', variant: 'portable' })
  addResBlock(g)
  return Object.fromEntries(g.weights)
}
