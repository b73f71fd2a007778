// A stranger's graph that asks for more memory than there is, in the runtimes of the command lines and of the page.

import * as web from 'onnxruntime-web'
import { describe, expect, it } from 'vitest'
import { encodeModel, type OnnxNode } from '../../src/core/onnx/onnx-proto.ts'
import { convertCheckpoint } from '../../src/core/pack/convert.ts'
import { directParser } from '../../src/core/pack/direct-parser.ts'
import { parseModelSettings } from '../../src/core/pack/hyperparameters.ts'
import type { InferenceRuntime, PackFiles } from '../../src/core/pack/inference.ts'
import { parsePackManifest } from '../../src/core/pack/manifest.ts'
import { openPack } from '../../src/core/pack/open-pack.ts'
import type { Tensor } from '../../src/core/tensor/tensor.ts'
import { toJobError } from '../../src/platform/job-errors.ts'
import { writeInto } from '../../tools/micro-pack.ts'
import { createNodeRuntime } from '../../tools/onnx-node.ts'
import { sha256 } from '../../tools/pack-folder.ts'
import { seededInput } from '../../tools/seeded-weights.ts'
import { microTensors, sourceOf } from '../core/pack/micro-checkpoint.ts'

const DECODER = 'graphs/decoder.portable.fp32.onnx'

/** The page's runtime on the processor, as Node runs it. */
function createWasmRuntime(): InferenceRuntime {
  web.env.wasm.numThreads = 1
  return {
    variant: 'portable',
    dtype: 'fp32',
    createSession: async ({ graph, externalData }) => {
      const files = externalData.map(({ location, data }) => ({ path: location, data }))
      const session = await web.InferenceSession.create(graph, { externalData: files, logSeverityLevel: 4 })
      return {
        run: async (feeds) => {
          const inputs = Object.entries(feeds).map(([name, { data, dims }]) => [
            name,
            new web.Tensor('float32', data, dims),
          ])
          const { image } = await session.run(Object.fromEntries(inputs))
          return { image: { dims: image?.dims ?? [], data: image?.data as Float32Array } }
        },
        release: () => session.release(),
      }
    },
  }
}

/**
 * A decoder whose picture is `side` pixels wide and high.
 * @param known whether the graph says so, or computes it from what it is given
 */
function hugeDecoder(side: number, known: boolean): Uint8Array {
  const node = (opType: string, inputs: string[], output: string): OnnxNode => ({
    ...{ name: output, opType, domain: '', inputs, outputs: [output], attributes: {} },
  })
  const bytes = (values: BigInt64Array | Float32Array) => ({ raw: new Uint8Array(values.buffer) })
  const computed = [node('Shape', ['latents'], 'shape'), node('Div', ['shape', 'shape'], 'ones')]
  return encodeModel({
    name: 'decoder',
    initializers: [
      { name: 'sides', type: 'int64', dims: [4], bytes: bytes(BigInt64Array.of(1n, 1n, BigInt(side), BigInt(side))) },
      { name: 'grey', type: 'float32', dims: [1, 1, 1, 1], bytes: bytes(Float32Array.of(0.5)) },
    ],
    inputs: [{ name: 'latents', type: 'float32', dims: ['batch', 'channels', 'height', 'width'] }],
    outputs: [{ name: 'image', type: 'float32', dims: ['batch', 'colours', 'rows', 'columns'] }],
    nodes: [
      ...(known ? [] : [...computed, node('Mul', ['sides', 'ones'], 'size')]),
      node('Expand', ['grey', known ? 'sides' : 'size'], 'image'),
    ],
  })
}

async function makePack(): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  const settings = parseModelSettings({ params: { scale_factor: 1 } })
  await convertCheckpoint(
    { checkpoint: sourceOf(microTensors()), settings, storage: 'fp32', clip: null, databases: new Map() },
    writeInto(files),
  )
  return files
}

/** With another decoder, of which pack.json says what is true. */
async function withDecoder(pack: ReadonlyMap<string, Uint8Array>, graph: Uint8Array): Promise<Map<string, Uint8Array>> {
  const manifest = parsePackManifest(new TextDecoder().decode(pack.get('pack.json')))
  manifest.files[DECODER] = { byteLength: graph.byteLength, sha256: await sha256(graph) }
  return new Map([...pack, [DECODER, graph], ['pack.json', new TextEncoder().encode(JSON.stringify(manifest))]])
}

/** Opens the pack's decoder and has it decode latents of four by four. */
async function decode(files: ReadonlyMap<string, Uint8Array>, runtime: InferenceRuntime): Promise<Tensor> {
  const source: PackFiles = { parser: directParser, read: async (path) => files.get(path) ?? new Uint8Array(0) }
  const pack = await openPack(source, runtime, sha256)
  const decoder = await pack.createDecoder()
  const { z_channels: channels } = pack.manifest.diffusion.autoencoder
  return await decoder.decodeLatents(seededInput('latents', [1, channels, 4, 4])).finally(() => decoder.release())
}

describe.each([
  ['onnxruntime-node', createNodeRuntime()],
  ['wasm', createWasmRuntime()],
] as const)('a graph that asks for four tebibytes of %s', (_, runtime) => {
  it.each([
    ['says', true],
    ['computes', false],
  ])('where it %s so fails as memory that ended, and other graphs run on', async (_, known) => {
    const pack = await makePack()
    const hostile = await withDecoder(pack, hugeDecoder(2 ** 20, known))
    const error = await decode(hostile, runtime).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(Error)
    expect(toJobError(error).code).toBe('out-of-memory')
    const { data } = await decode(pack, runtime)
    expect(data.length).toBeGreaterThan(0)
    expect(data.every(Number.isFinite)).toBe(true)
  })
})

it('a graph of more bytes than wasm can count fails as memory that ended', async () => {
  const hostile = await withDecoder(await makePack(), hugeDecoder(2 ** 15, false))
  const error = await decode(hostile, createWasmRuntime()).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(Error)
  expect(toJobError(error).code).toBe('out-of-memory')
})
