// The U-Net's graph against PyTorch's numbers on the same seeded weights, whole and in both types.

import { describe, expect, it } from 'vitest'
import { FormatError } from '../../../src/core/formats/format-error.ts'
import { buildUnet, UNET_PREFIX, unetShapes } from '../../../src/core/onnx/unet.ts'
import type { UnetConfig } from '../../../src/core/pack/manifest.ts'
import { type Tensor, tensor } from '../../../src/core/tensor/tensor.ts'
import { makeGoldenInput, readGoldenArray, readGoldenJson } from '../golden.ts'
import { relativeError, runGraph, type Shapes, seededFile } from './run-graph.ts'

interface Case {
  readonly name: string
  readonly config: UnetConfig
  readonly keys: string
  readonly inputs: Readonly<Record<'x' | 'context', { key: string; shape: number[] }>>
  readonly timesteps: number[]
  readonly output: { file: string; shape: number[] }
}

const { cases } = readGoldenJson<{ cases: Case[] }>('unet.json')

function feedsOf({ inputs, timesteps }: Case) {
  return {
    sample: makeGoldenInput(inputs.x.key, inputs.x.shape),
    timestep: tensor(Float32Array.from(timesteps), [timesteps.length]),
    context: makeGoldenInput(inputs.context.key, inputs.context.shape),
  }
}

describe.each(cases)('$name', (one) => {
  const shapes = readGoldenJson<Shapes>(one.keys)

  it('asks for exactly the tensors of the reference', () => {
    expect(Object.fromEntries(unetShapes(one.config))).toEqual(shapes)
  })

  it.each([
    ['fp32', 1e-4],
    ['fp16', 2e-2],
  ] as const)('predicts the same noise in %s', async (dtype, tolerance) => {
    const { catalog, externalData } = seededFile(shapes, dtype)
    const graph = buildUnet(one.config, catalog, { dtype, variant: 'portable' })
    const error = relativeError(await runGraph(graph, feedsOf(one), externalData), readGoldenArray(one.output))
    expect(error).toBeLessThan(tolerance)
  })
})

describe('one picture at a time', () => {
  const [one] = cases
  if (one === undefined) throw new RangeError('no U-Net case')
  const shapes = readGoldenJson<Shapes>(one.keys)
  const { catalog, externalData } = seededFile(shapes, 'fp32')

  it('gives the first of the two that the batch gave', async () => {
    const feeds = feedsOf(one)
    const single = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, firstOf(feed)]))
    const eps = await runGraph(
      buildUnet(one.config, catalog, { dtype: 'fp32', variant: 'portable' }),
      single,
      externalData,
    )
    expect(relativeError(eps, firstOf(readGoldenArray(one.output)))).toBeLessThan(1e-4)
  })

  it('names the weight that is missing', () => {
    const { [`${UNET_PREFIX}middle_block.1.norm.bias`]: _, ...rest } = shapes
    const cut = seededFile(rest, 'fp32').catalog
    expect(() => buildUnet(one.config, cut, { dtype: 'fp32', variant: 'portable' })).toThrow('middle_block.1.norm.bias')
  })

  it('refuses a weight of another shape, and one stored in another type', () => {
    const wider = { ...one.config, context_dim: one.config.context_dim + 8 }
    const options = { dtype: 'fp32', variant: 'portable' } as const
    expect(() => buildUnet(wider, catalog, options)).toThrow(
      new FormatError(
        'checkpoint',
        `${UNET_PREFIX}input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight is [32, 32], not [32, 40]`,
      ),
    )
    expect(() => buildUnet(one.config, seededFile(shapes, 'fp16').catalog, options)).toThrow(FormatError)
  })
})

function firstOf({ data, dims }: Tensor): Tensor {
  const [batch = 1, ...rest] = dims
  return tensor(data.slice(0, data.length / batch), [1, ...rest])
}
