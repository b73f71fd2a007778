import { beforeAll, describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { FormatError } from '../../../src/core/formats/format-error.ts'
import { openTorchCheckpoint } from '../../../src/core/formats/torch-checkpoint.ts'
import { type ConvertInput, convertCheckpoint, type PackSink } from '../../../src/core/pack/convert.ts'
import { directParser } from '../../../src/core/pack/direct-parser.ts'
import { parseModelSettings } from '../../../src/core/pack/hyperparameters.ts'
import type { InferenceRuntime, PackFiles } from '../../../src/core/pack/inference.ts'
import { type PackManifest, parsePackManifest } from '../../../src/core/pack/manifest.ts'
import { openPack } from '../../../src/core/pack/open-pack.ts'
import type { Storage } from '../../../src/core/pack/weights.ts'
import type { Tensor } from '../../../src/core/tensor/tensor.ts'
import { writeInto } from '../../../tools/micro-pack.ts'
import { createNodeRuntime } from '../../../tools/onnx-node.ts'
import { sha256 } from '../../../tools/pack-folder.ts'
import { checkpointOf } from '../formats/checkpoint-writer.ts'
import { makeGoldenInput, readGoldenArray, readGoldenJson } from '../golden.ts'
import { relativeError } from '../onnx/run-graph.ts'
import { microTensors, sourceOf } from './micro-checkpoint.ts'
import { makeDatabase } from './small-database.ts'

interface Case {
  readonly name: string
  readonly part?: string
  readonly inputs: Readonly<Record<string, { key: string; shape: number[] }>>
  readonly timesteps?: readonly number[]
  readonly output: { file: string; shape: number[] }
}

const settings = parseModelSettings({ id: 'micro', params: { scale_factor: 1, image_size: 16 } })

function memorySink(): PackSink & PackFiles & { readonly files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>()
  return {
    files,
    parser: directParser,
    ...writeInto(files),
    read: async (path) => {
      const bytes = files.get(path)
      if (!bytes) throw new FormatError('pack', `${path}: missing`)
      return bytes
    },
  }
}

const convert = (input: Partial<ConvertInput>, sink: PackSink = memorySink()) =>
  convertCheckpoint(
    { checkpoint: sourceOf(microTensors()), settings, storage: 'fp32', clip: null, databases: new Map(), ...input },
    sink,
  )

function caseNamed(file: string, name: string): Case {
  const found = readGoldenJson<{ cases: Case[] }>(file).cases.find((one) => one.name === name)
  if (!found) throw new Error(`no case ${name}`)
  return found
}

/** The first of a batch. */
function first({ dims, data }: Tensor): Tensor {
  return { dims: [1, ...dims.slice(1)], data: data.slice(0, data.length / (dims[0] ?? 1)) }
}

describe.each([
  ['fp32', 'fp32', 1e-4],
  ['fp16', 'fp32', 0.01],
  ['int8', 'fp32', 0.05],
  ['int8', 'fp16', 0.05],
] as const)('a pack converted to %s, opened for %s', (storage: Storage, dtype, tolerance) => {
  const sink = memorySink()
  const runtime: InferenceRuntime = { ...createNodeRuntime(), dtype }
  let manifest: PackManifest

  beforeAll(async () => {
    const tensors = microTensors()
    // Once through the whole path, from a file as torch.save writes it; tensors in memory are quicker.
    const whole = storage === 'fp32'
    const checkpoint = whole ? await openTorchCheckpoint(bytesSource(await checkpointOf(tensors))) : sourceOf(tensors)
    manifest = await convert({ checkpoint, storage }, sink)
  }, 120_000)

  it('predicts the noise that the reference predicts with the moving averages', async () => {
    const { inputs, timesteps, output } = caseNamed('unet.json', 'unet-micro-20-tokens-8x16')
    const { x, context } = inputs
    if (!x || !context) throw new Error('no inputs')
    const pack = await openPack(sink, runtime, sha256)
    const denoiser = await pack.createDenoiser()
    const noise = await denoiser.predictNoise(
      makeGoldenInput(x.key, x.shape),
      timesteps?.[0] ?? 0,
      makeGoldenInput(context.key, context.shape),
    )
    await denoiser.release()
    // The other half of the batch has another timestep, which predictNoise does not.
    expect(relativeError(first(noise), first(readGoldenArray(output)))).toBeLessThan(tolerance)
  })

  it('decodes what the reference decodes', async () => {
    const { inputs, output } = caseNamed('autoencoder.json', 'autoencoder-decode-32x48')
    const [latents] = Object.values(inputs)
    if (!latents) throw new Error('no inputs')
    const decoder = await (await openPack(sink, runtime, sha256)).createDecoder()
    const image = await decoder.decodeLatents(makeGoldenInput(latents.key, latents.shape))
    await decoder.release()
    expect(relativeError(image, readGoldenArray(output))).toBeLessThan(tolerance)
  })

  it('lists every file with its length and hash', async () => {
    expect(parsePackManifest(new TextDecoder().decode(sink.files.get('pack.json')))).toEqual(manifest)
    const written = [...sink.files].filter(([path]) => path !== 'pack.json')
    expect(Object.keys(manifest.files).sort()).toEqual(written.map(([path]) => path).sort())
    for (const [path, bytes] of written) {
      expect(manifest.files[path]).toEqual({ byteLength: bytes.length, sha256: await sha256(bytes) })
    }
  })
})

describe('convert', () => {
  it('reads the hyperparameters off the tensors', async () => {
    const { diffusion } = await convert({})
    const { config } = readGoldenJson<{ cases: { config: object }[] }>('unet.json').cases[0] ?? { config: {} }
    expect(diffusion.unet).toEqual(config)
    expect(diffusion.autoencoder).toMatchObject({ ch: 32, num_res_blocks: 1, z_channels: 4 })
    expect(diffusion.schedule).toEqual({ linearStart: 0.0015, linearEnd: 0.015, timesteps: 1000 })
    expect(diffusion.nativeSize).toBe(64)
  })

  it('refuses settings that the tensors contradict', async () => {
    const unet_config = { params: { model_channels: 448 } }
    await expect(convert({ settings: parseModelSettings({ model: { params: { unet_config } } }) })).rejects.toThrow(
      "config: unet_config.model_channels is 448, but the checkpoint's tensors say 32",
    )
  })

  it.each([
    ['their width', { num_head_channels: 16, num_heads: 8 }, { num_head_channels: 16 }],
    ['their number, where -1 stands for the width', { num_head_channels: -1, num_heads: 4 }, { num_heads: 4 }],
    ['nothing: the width of the published model', {}, { num_head_channels: 32 }],
  ])('takes of attention heads what the configuration gives: %s', async (_, params, heads) => {
    const { diffusion } = await convert({ settings: parseModelSettings({ params: { unet_config: { params } } }) })
    const { num_heads, num_head_channels } = diffusion.unet
    expect({ num_heads, num_head_channels }).toEqual({ num_heads: undefined, num_head_channels: undefined, ...heads })
  })

  it('refuses heads that the channels cannot be shared out among', async () => {
    const given = (params: object) => parseModelSettings({ params: { unet_config: { params } } })
    await expect(convert({ settings: given({ num_heads: 5 }) })).rejects.toThrow(/channels are not whole 5 heads$/)
    await expect(convert({ settings: given({ num_head_channels: 33 }) })).rejects.toThrow(/not whole heads of 33$/)
  })

  it("refuses a noise schedule that is not the checkpoint's", async () => {
    const other = parseModelSettings({ params: { linear_start: 0.00085, linear_end: 0.012 } })
    await expect(convert({ settings: other })).rejects.toThrow(/^config: the noise schedule is not the checkpoint's/)
  })

  it.each([
    ['a missing tensor', (tensors: Map<string, Tensor>) => tensors.delete('first_stage_model.decoder.conv_in.bias')],
    [
      'a tensor of another shape',
      (tensors: Map<string, Tensor>) =>
        tensors.set('first_stage_model.decoder.conv_in.bias', { dims: [1], data: new Float32Array(1) }),
    ],
  ])('names %s before it writes anything', async (_, damage) => {
    const tensors = microTensors()
    damage(tensors)
    const sink = memorySink()
    await expect(convert({ checkpoint: sourceOf(tensors) }, sink)).rejects.toThrow(
      /^checkpoint: first_stage_model\.decoder\.conv_in\.bias is /,
    )
    expect(sink.files.size).toBe(0)
  })

  it('refuses a checkpoint of something else', async () => {
    const checkpoint = sourceOf(new Map([['fc.weight', { dims: [1], data: new Float32Array(1) }]]))
    await expect(convert({ checkpoint })).rejects.toThrow('checkpoint: has no tensors below model.diffusion_model.')
  })

  it('lists style databases as they describe themselves, with a cover of each', async () => {
    const file = await makeDatabase({ id: 'ink', name: 'Ink', heldOut: true, thumbnails: [Uint8Array.of(1)] })
    const { databases, covers, files } = await convert({ databases: new Map([['ink.zip', file]]) })
    expect(databases).toEqual([{ id: 'ink', name: 'Ink', rows: 1, heldOut: true, file: 'databases/ink.zip' }])
    expect(files['databases/ink.zip']?.byteLength).toBe(file.length)
    expect(covers).toBe('covers.zip')
    expect(files['covers.zip']?.byteLength).toBeGreaterThan(0)
  })
})
