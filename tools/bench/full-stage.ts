// One stage of the full-size benchmark, in a process of its own: `full-stage.ts convert|unet|decoder JOB.json`.

import { copyFile, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { npyFloats, parseNpy } from '../../src/core/formats/npy.ts'
import { autoencoderShapes } from '../../src/core/onnx/autoencoder.ts'
import { unetShapes } from '../../src/core/onnx/unet.ts'
import { convertCheckpoint } from '../../src/core/pack/convert.ts'
import { parseModelSettings } from '../../src/core/pack/hyperparameters.ts'
import { type PackPart, parsePackManifest } from '../../src/core/pack/manifest.ts'
import { sizeOf, type Tensor, tensor } from '../../src/core/tensor/tensor.ts'
import { folderSink } from '../pack-folder.ts'
import { seededCheckpoint, seededInput } from '../seeded-weights.ts'
import type { FullJob } from './full.ts'

interface HashedInput {
  readonly key: string
  readonly shape: readonly number[]
}

/** PyTorch's output, whole: a .npy beside the reference's description. */
interface StoredOutput {
  readonly file: string
  readonly shape: readonly number[]
}

interface Reference {
  readonly unet: {
    readonly inputs: { readonly x: HashedInput; readonly context: HashedInput }
    readonly timesteps: readonly number[]
    readonly output: StoredOutput
  }
  readonly decoder: { readonly inputs: { readonly z: HashedInput }; readonly output: StoredOutput }
}

const STAGES: Readonly<Record<string, (job: FullJob) => Promise<void>>> = {
  convert: runConvert,
  unet: runUnet,
  decoder: runDecoder,
}

async function runConvert({ unet, autoencoder, folder }: FullJob): Promise<void> {
  const shapes = new Map([...unetShapes(unet), ...autoencoderShapes(autoencoder)])
  const parameters = [...unetShapes(unet).values()].reduce((sum, dims) => sum + sizeOf(dims), 0)
  print('parameters of the U-Net', parameters.toLocaleString('en'))
  const startedAt = performance.now()
  const manifest = await convertCheckpoint(
    {
      checkpoint: seededCheckpoint(shapes),
      settings: parseModelSettings({}),
      storage: 'fp32',
      clip: null,
      databases: new Map(),
    },
    folderSink(folder),
  )
  const written = Object.values(manifest.files).reduce((sum, { byteLength }) => sum + byteLength, 0)
  print('conversion, weights made by hashing', seconds(startedAt))
  print('conversion, written', `${(written / 1e9).toFixed(2)} GB`)
  print('conversion, peak memory', peakMemory())
}

async function runUnet({ folder, reference }: FullJob): Promise<void> {
  const { unet } = await readReference(reference)
  const { x, context } = unet.inputs
  await runPart(folder, 'denoiser', await readOutput(reference, unet.output), {
    sample: seededInput(x.key, x.shape),
    timestep: tensor(Float32Array.from(unet.timesteps), [unet.timesteps.length]),
    context: seededInput(context.key, context.shape),
  })
}

async function runDecoder({ folder, reference }: FullJob): Promise<void> {
  const { decoder } = await readReference(reference)
  const { scaleFactor } = (await readManifest(folder)).diffusion
  const { data, dims } = seededInput(decoder.inputs.z.key, decoder.inputs.z.shape)
  // The reference decodes unscaled latents; the graph divides by the scale factor itself.
  const latents = tensor(
    data.map((value) => value * scaleFactor),
    dims,
  )
  await runPart(folder, 'decoder', await readOutput(reference, decoder.output), { latents })
}

/** Loads a part from its files, so that ONNX Runtime maps the weights into memory, and runs it twice. */
async function runPart(
  folder: string,
  part: 'denoiser' | 'decoder',
  expected: Tensor,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<void> {
  const manifest = await readManifest(folder)
  // External data is named from the pack's root, and ONNX Runtime looks for it beside the graph.
  const graph = join(folder, `${part}.onnx`)
  await copyFile(join(folder, portableGraph(manifest[part])), graph)
  const loadedAt = performance.now()
  const session = await InferenceSession.create(graph, { logSeverityLevel: 3 })
  print(`${part}, load`, seconds(loadedAt))
  const named = Object.entries(feeds).map(([name, { data, dims }]) => [name, new OrtTensor('float32', data, dims)])
  const inputs: Record<string, OrtTensor> = Object.fromEntries(named)
  for (const run of ['first', 'second']) {
    const startedAt = performance.now()
    const output = (await session.run(inputs))[session.outputNames[0] ?? '']
    print(`${part}, ${run} forward`, seconds(startedAt))
    if (run === 'first') printError(part, output?.data, expected)
  }
  print(`${part}, peak memory`, peakMemory())
  await session.release()
}

/** Over every value: the largest difference in standard deviations of PyTorch's output, and its length over that output's. */
function printError(part: string, values: unknown, { data, dims }: Tensor): void {
  if (!(values instanceof Float32Array) || values.length !== data.length) {
    throw new Error(`${part}: the output is not of shape [${dims.join(', ')}]`)
  }
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length
  const deviation = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length)
  const differences = data.map((value, i) => value - (values[i] ?? Number.NaN))
  const largest = differences.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  print(`${part}, values compared with PyTorch's`, data.length.toLocaleString('en'))
  print(`${part}, largest error`, `${(largest / deviation).toExponential(1)} standard deviations`)
  print(`${part}, length of the error over the output's`, (lengthOf(differences) / lengthOf(data)).toExponential(1))
}

function lengthOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0))
}

function portableGraph(part: PackPart): string {
  const graph = part.graphs.find(({ variant }) => variant === 'portable')
  if (graph === undefined) throw new Error('the pack has no portable graph')
  return graph.file
}

async function readManifest(folder: string) {
  return parsePackManifest(await readFile(join(folder, 'pack.json'), 'utf8'))
}

async function readReference(file: string): Promise<Reference> {
  return JSON.parse(await readFile(file, 'utf8')) as Reference
}

async function readOutput(reference: string, { file, shape }: StoredOutput): Promise<Tensor> {
  const array = parseNpy(await readFile(join(dirname(reference), file)))
  return tensor(npyFloats(array), shape)
}

/** Of this process, since it began. */
function peakMemory(): string {
  return `${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`
}

function seconds(startedAt: number): string {
  return `${((performance.now() - startedAt) / 1000).toFixed(2)} s`
}

function print(label: string, value: string): void {
  console.log(`${label.padEnd(60)} ${value}`)
}

const [stage = '', jobFile = ''] = process.argv.slice(2)
const run = STAGES[stage]
if (run === undefined) throw new Error(`no stage "${stage}"`)
await run(JSON.parse(await readFile(jobFile, 'utf8')))
