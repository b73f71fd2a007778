// Every block of both networks against PyTorch's numbers on the same seeded weights.

import { describe, expect, it } from 'vitest'
import { batchOf, pixelAttention, spatialTransformer } from '../../../src/core/onnx/attention.ts'
import { paddedDownsample, resnetBlock } from '../../../src/core/onnx/autoencoder.ts'
import { silu, upsample } from '../../../src/core/onnx/blocks.ts'
import { GraphBuilder, type Value } from '../../../src/core/onnx/graph-builder.ts'
import { downsample, resBlock, timestepEmbedding } from '../../../src/core/onnx/unet.ts'
import { tensor } from '../../../src/core/tensor/tensor.ts'
import { makeGoldenInput, readGoldenArray, readGoldenJson } from '../golden.ts'
import { relativeError, runGraph, type Shapes, seededFile } from './run-graph.ts'

interface Case {
  readonly name: string
  readonly prefix: string
  readonly sizes: Readonly<Record<string, number>>
  readonly inputs: Readonly<Record<string, { key: string; shape: number[] }>>
  readonly keys: Shapes
  readonly timesteps?: number[]
  readonly output: { file: string; shape: number[] }
}

type Inputs = Readonly<Record<string, Value>>
type Build = (g: GraphBuilder, path: string, inputs: Inputs, size: (name: string) => number) => Value

const { cases } = readGoldenJson<{ cases: Case[] }>('blocks.json')
const blocks = cases.filter(({ timesteps }) => timesteps === undefined)

function inputOf(inputs: Inputs, name: string): Value {
  const value = inputs[name]
  if (value === undefined) throw new RangeError(`the case has no input ${name}`)
  return value
}

const residual: Build = (g, path, inputs, size) =>
  resBlock(g, path, inputOf(inputs, 'x'), silu(g, 'emb', inputOf(inputs, 'emb')), {
    cin: size('cin'),
    cout: size('cout'),
    embDim: size('embDim'),
  })

const resnet: Build = (g, path, inputs, size) => resnetBlock(g, path, inputOf(inputs, 'x'), size('cin'), size('cout'))
const larger: Build = (g, path, inputs, size) => upsample(g, path, inputOf(inputs, 'x'), size('channels'))

const BUILDS: Readonly<Record<string, Build>> = {
  resblock: residual,
  'resblock-skip': residual,
  'spatial-transformer': (g, path, inputs, size) => {
    const x = inputOf(inputs, 'x')
    const context = g.node('context', 'Reshape', [
      inputOf(inputs, 'context'),
      g.constant('int64', [-1, size('contextDim')]),
    ])
    return spatialTransformer(g, path, x, context, batchOf(g, x), {
      channels: size('channels'),
      heads: size('heads'),
      contextDim: size('contextDim'),
      depth: size('depth'),
    })
  },
  'unet-downsample': (g, path, inputs, size) => downsample(g, path, inputOf(inputs, 'x'), size('channels')),
  'unet-upsample': larger,
  'vae-resnet': resnet,
  'vae-resnet-shortcut': resnet,
  'vae-attention': (g, path, inputs, size) => {
    const x = inputOf(inputs, 'x')
    return pixelAttention(g, path, x, batchOf(g, x), size('channels'))
  },
  'vae-downsample': (g, path, inputs, size) => paddedDownsample(g, path, inputOf(inputs, 'x'), size('channels')),
  'vae-upsample': larger,
}

function buildBlock({ name, prefix, sizes, inputs, output }: Case, catalog: ReturnType<typeof seededFile>['catalog']) {
  const g = new GraphBuilder(catalog, { dtype: 'fp32', variant: 'portable' })
  const values = Object.fromEntries(
    Object.entries(inputs).map(([key, { shape }]) => [key, g.input(key, 'float32', shape)]),
  )
  const size = (key: string) => {
    const value = sizes[key]
    if (value === undefined) throw new RangeError(`${name} has no size ${key}`)
    return value
  }
  const build = BUILDS[name]
  if (build === undefined) throw new RangeError(`no builder for ${name}`)
  g.output('out', build(g, prefix.slice(0, -1), values, size), output.shape)
  return { graph: g.build(name), weights: g.weights }
}

describe.each(blocks)('$name', (one) => {
  const { catalog, externalData } = seededFile(one.keys, 'fp32')
  const { graph, weights } = buildBlock(one, catalog)

  it('reads exactly the tensors of the reference block', () => {
    expect(Object.fromEntries(weights)).toEqual(one.keys)
  })

  it('computes what PyTorch computes', async () => {
    const feeds = Object.fromEntries(
      Object.entries(one.inputs).map(([name, { key, shape }]) => [name, makeGoldenInput(key, shape)]),
    )
    const error = relativeError(await runGraph(graph, feeds, externalData), readGoldenArray(one.output))
    expect(error).toBeLessThan(1e-5)
  })
})

it('embeds timesteps with cosines first', async () => {
  const one = cases.find(({ timesteps }) => timesteps !== undefined)
  if (one?.timesteps === undefined) throw new RangeError('no timestep case')
  const g = new GraphBuilder(null, { dtype: 'fp32', variant: 'portable' })
  const timestep = g.input('timestep', 'float32', ['batch'])
  g.output('out', timestepEmbedding(g, timestep, (one.sizes.dim ?? 0) / 2), one.output.shape)
  const feeds = { timestep: tensor(Float32Array.from(one.timesteps), [one.timesteps.length]) }
  const error = relativeError(await runGraph(g.build('timestep'), feeds), readGoldenArray(one.output))
  expect(error).toBeLessThan(1e-4)
})
