// CLIP's towers against PyTorch's numbers on the same seeded weights, stored in each of the three ways.

import { describe, expect, it } from 'vitest'
import { FormatError } from '../../../src/core/formats/format-error.ts'
import { buildClipText, buildClipVision, parseClipConfig } from '../../../src/core/onnx/clip.ts'
import type { Tensor } from '../../../src/core/tensor/tensor.ts'
import { seededWeight } from '../../../tools/seeded-weights.ts'
import { makeGoldenInput, readGoldenArray, readGoldenJson } from '../golden.ts'
import { relativeError, runGraph, type Shapes } from './run-graph.ts'

interface Fixture {
  readonly config: Record<string, unknown>
  readonly keys: Shapes
  readonly text: { name: string; ids: number[][]; output: { file: string; shape: number[] } }[]
  readonly image: {
    name: string
    inputs: { pixels: { key: string; shape: number[] } }
    output: { file: string; shape: number[] }
  }[]
}

const fixture = readGoldenJson<Fixture>('clip.json')
const config = parseClipConfig(fixture.config)
const tensors = new Map<string, Tensor>(
  Object.entries(fixture.keys).map(([key, dims]) => [key, seededWeight(key, dims)]),
)

const rowsOf = (ids: number[][]) => ids.map((row) => BigInt64Array.from(row, BigInt))

describe.each([
  ['fp32', 1e-5],
  ['fp16', 2e-3],
  ['int8', 3e-2],
] as const)('stored as %s', (storage, tolerance) => {
  const text = buildClipText(config, tensors, { storage })
  const vision = buildClipVision(config, tensors, { storage })

  it.each(fixture.text)('embeds the text $name', async ({ ids, output }) => {
    const error = relativeError(await runGraph(text, { input_ids: rowsOf(ids) }), readGoldenArray(output))
    expect(error).toBeLessThan(tolerance)
  })

  it.each(fixture.image)('embeds $name', async ({ inputs, output }) => {
    const { key, shape } = inputs.pixels
    const error = relativeError(
      await runGraph(vision, { pixel_values: makeGoldenInput(key, shape) }),
      readGoldenArray(output),
    )
    expect(error).toBeLessThan(tolerance)
  })
})

it('reads the largest id where the configuration has no end mark of its own', async () => {
  const unset = { ...config, text_config: { ...config.text_config, eos_token_id: 2 } }
  const [given] = fixture.text
  if (given === undefined) throw new RangeError('no text case')
  const embedding = await runGraph(buildClipText(unset, tensors, { storage: 'fp32' }), { input_ids: rowsOf(given.ids) })
  expect(relativeError(embedding, readGoldenArray(given.output))).toBeLessThan(1e-5)
})

it('uses the exact GELU where the configuration asks for it', async () => {
  const exact = { ...config, text_config: { ...config.text_config, hidden_act: 'gelu' as const } }
  const [given] = fixture.text
  if (given === undefined) throw new RangeError('no text case')
  const embedding = await runGraph(buildClipText(exact, tensors, { storage: 'fp32' }), { input_ids: rowsOf(given.ids) })
  const error = relativeError(embedding, readGoldenArray(given.output))
  // quick_gelu approximates it: near, and not equal.
  expect(error).toBeGreaterThan(1e-4)
  expect(error).toBeLessThan(0.1)
})

it('names the tensor that is missing or of another shape', () => {
  const key = 'text_model.encoder.layers.1.mlp.fc1.weight'
  const cut = new Map(tensors)
  cut.delete(key)
  expect(() => buildClipText(config, cut, { storage: 'fp32' })).toThrow(
    new FormatError('checkpoint', `${key} is missing, not [128, 64]`),
  )
})

it('refuses an activation that it does not know', () => {
  const odd = { ...fixture.config, text_config: { ...config.text_config, hidden_act: 'relu' } }
  expect(() => parseClipConfig(odd)).toThrow(FormatError)
})
