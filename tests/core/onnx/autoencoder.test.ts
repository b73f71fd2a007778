// The autoencoder's two graphs against PyTorch's numbers on the same seeded weights, square and not, in both types.

import { describe, expect, it } from 'vitest'
import { autoencoderShapes, buildDecoder, buildEncoder } from '../../../src/core/onnx/autoencoder.ts'
import type { AutoencoderConfig } from '../../../src/core/pack/manifest.ts'
import { tensor } from '../../../src/core/tensor/tensor.ts'
import { makeGoldenInput, readGoldenArray, readGoldenJson } from '../golden.ts'
import { relativeError, runGraph, type Shapes, seededFile } from './run-graph.ts'

interface Fixture {
  readonly config: { embed_dim: number; ddconfig: Omit<AutoencoderConfig, 'embed_dim'> }
  readonly keys: Shapes
  readonly cases: {
    readonly name: string
    readonly part: 'encode' | 'decode'
    readonly inputs: Readonly<Record<string, { key: string; shape: number[] }>>
    readonly output: { file: string; shape: number[] }
  }[]
}

const { config: given, keys, cases } = readGoldenJson<Fixture>('autoencoder.json')
const config: AutoencoderConfig = { ...given.ddconfig, embed_dim: given.embed_dim }
const SCALE_FACTOR = 0.22765929

function inputOf(one: Fixture['cases'][number]) {
  const [input] = Object.values(one.inputs)
  if (input === undefined) throw new RangeError(`${one.name} has no input`)
  return makeGoldenInput(input.key, input.shape)
}

it('asks for exactly the tensors of the reference', () => {
  expect(Object.fromEntries(autoencoderShapes(config))).toEqual(keys)
})

describe.each([
  ['fp32', 1e-5],
  ['fp16', 2e-2],
] as const)('in %s', (dtype, tolerance) => {
  const { catalog, externalData } = seededFile(keys, dtype)
  const options = { dtype, variant: 'portable' } as const

  it.each(cases.filter(({ part }) => part === 'encode'))('$name gives the same moments', async (one) => {
    const graph = buildEncoder(config, catalog, options)
    const moments = await runGraph(graph, { image: inputOf(one) }, externalData)
    const error = relativeError(moments, readGoldenArray(one.output))
    expect(error).toBeLessThan(tolerance)
  })

  it.each(cases.filter(({ part }) => part === 'decode'))(
    '$name gives the same picture from scaled latents',
    async (one) => {
      const graph = buildDecoder(config, catalog, { ...options, scaleFactor: SCALE_FACTOR })
      const { data, dims } = inputOf(one)
      const latents = tensor(
        data.map((value) => value * SCALE_FACTOR),
        dims,
      )
      const error = relativeError(await runGraph(graph, { latents }, externalData), readGoldenArray(one.output))
      expect(error).toBeLessThan(tolerance)
    },
  )
})
