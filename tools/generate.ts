// npm run generate: makes a picture on the command line, with the core that the page runs, on onnxruntime-node.

import { readFile, writeFile } from 'node:fs/promises'
import { extname } from 'node:path'
import sharp from 'sharp'
import { BrokenNumbersError } from '../src/core/diffusion/broken-numbers.ts'
import {
  type ContextSource,
  type Generated,
  type GenerateRequest,
  generate,
  ShapeError,
} from '../src/core/diffusion/generate.ts'
import type { ModelParts, RgbImage } from '../src/core/diffusion/model-parts.ts'
import {
  DEFAULT_SETTINGS,
  type GenerationSettings,
  type Recipe,
  type SamplerName,
  type Steering,
} from '../src/core/diffusion/recipe.ts'
import { SettingsError, validateSettings } from '../src/core/diffusion/validate-settings.ts'
import { npyFloats, parseNpy, writeNpy } from '../src/core/formats/npy.ts'
import { embedRecipe } from '../src/core/formats/png-metadata.ts'
import { type PackManifest, parsePackManifest } from '../src/core/pack/manifest.ts'
import { pictureBytes } from '../src/core/pack/memory-needs.ts'
import { type OpenPack, openPack } from '../src/core/pack/open-pack.ts'
import { type Tensor, tensor } from '../src/core/tensor/tensor.ts'
import { readArguments, runTool, UsageError } from './arguments.ts'
import { createTextEncoder } from './clip-node.ts'
import { createNodeRuntime } from './onnx-node.ts'
import { BUILT_IN_PACK, folderFiles, sha256 } from './pack-folder.ts'
import { createParts, openIndex } from './pack-parts.ts'
import { readSteering, STEERING_OPTIONS, STEERING_USAGE, type SteeredIndex, steerIndex } from './steering.ts'

const USAGE = `usage: npm run generate -- --prompt P --style ID --out FILE.png [--k 19] [--seed 0] [--steps 20] [--guidance 5]
         [--sampler ddim|plms|dpm] [--eta 0] [--size WxH] [--pack DIR] [--noise X.npy] [--context C.npy]
         [--latents OUT.npy] [--list] [--pin ID] [--leave-out ID] [--mix-in STYLE=W] [--add FILE] [--look-for FILE]
         [--toward ID[=W]] [--toward-share S]

${STEERING_USAGE}
  --noise X.npy        starts from these latents, [1, channels, height / 16, width / 16], instead of from the seed's noise
  --context C.npy      attends to this, [1, n, dim], as it is: neither prompt nor style is needed
  --latents OUT.npy    where to write the last latents
  --list               prints the pack's styles as JSON and makes nothing`

async function main(): Promise<void> {
  const { values } = readArguments(USAGE, 0, {
    prompt: { type: 'string' },
    style: { type: 'string' },
    out: { type: 'string' },
    k: { type: 'string' },
    seed: { type: 'string' },
    steps: { type: 'string' },
    guidance: { type: 'string' },
    sampler: { type: 'string' },
    eta: { type: 'string' },
    size: { type: 'string' },
    pack: { type: 'string', default: BUILT_IN_PACK },
    noise: { type: 'string' },
    context: { type: 'string' },
    latents: { type: 'string' },
    list: { type: 'boolean', default: false },
    ...STEERING_OPTIONS,
  })
  const files = folderFiles(values.pack)
  if (values.list) return listStyles(parsePackManifest(new TextDecoder().decode(await files.read('pack.json'))))
  if (values.out === undefined && values.latents === undefined) throw new UsageError(`--out is missing\n${USAGE}`)
  if (values.out !== undefined && extname(values.out).toLowerCase() !== '.png') {
    throw new UsageError(`--out ${values.out} does not end in .png, and only PNG is written`)
  }

  if (values.context === undefined) requirePrompt(values.prompt)

  const settings = readSettings(values)
  const asked = readSteering(values, values.style)
  if (asked !== null && values.context !== undefined)
    throw new UsageError('--context leaves nothing to be searched for')
  const pack = await openPack(files, createNodeRuntime(), sha256)
  requireMemory(pack.manifest, settings)
  const steered = asked === null || settings.k === 0 ? null : await steerIndex(pack, values.pack, values.style, asked)
  const request: GenerateRequest = {
    ...(await readSource(values, pack, settings.k, steered)),
    settings,
    now: () => performance.now(),
    ...(values.noise === undefined ? {} : { noise: await readTensor(values.noise) }),
  }
  const generated = await run(await createParts(pack), request)
  if (values.out !== undefined)
    await writePng(
      values.out,
      generated.pixels,
      await writeRecipe(values, pack, { settings, generated, steering: steered?.steering }),
    )
  if (values.latents !== undefined) await writeTensor(values.latents, generated.latents)
  printSummary(settings, generated)
}

function listStyles({ databases }: PackManifest): void {
  console.log(JSON.stringify(databases.map(({ id, name, rows, heldOut }) => ({ id, name, rows, heldOut }))))
}

/** Before the pack is opened, which takes seconds. */
function requirePrompt(prompt: string | undefined): void {
  if (prompt === undefined) throw new UsageError(`--prompt is missing\n${USAGE}`)
  if (prompt.trim() === '') throw new UsageError('--prompt is empty: write what to paint, as in --prompt "a red house"')
}

type Flags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

function readSettings(flags: Flags): GenerationSettings {
  const settings = {
    k: readNumber(flags, 'k', DEFAULT_SETTINGS.k),
    seed: readNumber(flags, 'seed', DEFAULT_SETTINGS.seed),
    steps: readNumber(flags, 'steps', DEFAULT_SETTINGS.steps),
    guidance: readNumber(flags, 'guidance', DEFAULT_SETTINGS.guidance),
    eta: readNumber(flags, 'eta', DEFAULT_SETTINGS.eta),
    sampler: readSampler(String(flags.sampler ?? DEFAULT_SETTINGS.sampler)),
    ...readSize(flags.size),
  }
  try {
    validateSettings(settings)
  } catch (error) {
    throw toUsageError(error)
  }
  return settings
}

function readSize(text: Flags[string]): Pick<GenerationSettings, 'width' | 'height'> {
  if (text === undefined) return { width: DEFAULT_SETTINGS.width, height: DEFAULT_SETTINGS.height }
  const [, width, height] = /^(\d+)x(\d+)$/.exec(String(text)) ?? []
  if (width === undefined || height === undefined) throw new UsageError(`--size ${text} is not of the form 256x256`)
  return { width: Number(width), height: Number(height) }
}

/** Where memory runs out the system ends the process without a word. */
function requireMemory({ diffusion }: PackManifest, settings: GenerationSettings): void {
  const needed = pictureBytes(diffusion, settings)
  const free = process.availableMemory()
  if (needed <= free) return
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`
  const size = `${settings.width}x${settings.height}`
  throw new UsageError(`--size ${size} needs ${gigabytes(needed)} of memory at least, and ${gigabytes(free)} are free`)
}

function readNumber(flags: Flags, name: string, otherwise: number): number {
  const text = flags[name]
  if (text === undefined) return otherwise
  const value = Number(text)
  if (text === '' || !Number.isFinite(value)) throw new UsageError(`--${name} ${text} is not a number`)
  return value
}

function readSampler(text: string): SamplerName {
  if (text === 'ddim' || text === 'plms' || text === 'dpm') return text
  throw new UsageError(`--sampler ${text} is not ddim, plms or dpm`)
}

/** A given context, or the prompt with the pack's CLIP and one of its databases. */
async function readSource(
  flags: Flags,
  pack: OpenPack,
  k: number,
  steered: SteeredIndex | null,
): Promise<ContextSource> {
  if (typeof flags.context === 'string') return { context: await readTensor(flags.context) }
  const textEncoder = await createTextEncoder(String(flags.pack), pack.manifest)
  const prompt = String(flags.prompt)
  if (k === 0) return { prompt, textEncoder, index: null }
  return { prompt, textEncoder, index: steered?.index ?? (await openIndex(pack, flags.style?.toString())) }
}

async function run(parts: ModelParts, request: GenerateRequest): Promise<Generated> {
  const job = generate(parts, request)
  try {
    for (;;) {
      const { done, value } = await job.next()
      if (done) return value
      if (value.kind === 'prompt' && value.embedding.cutText !== '') {
        console.error(`the prompt is too long: "${value.embedding.cutText}" was left out`)
      }
    }
  } catch (error) {
    throw toUsageError(error)
  }
}

/** What the caller gave wrong, as such; any other error as it is. */
function toUsageError(error: unknown): unknown {
  const given = [SettingsError, ShapeError, BrokenNumbersError].some((kind) => error instanceof kind)
  return given && error instanceof Error ? new UsageError(error.message) : error
}

function printSummary(settings: GenerationSettings, { steps, neighbours, milliseconds }: Generated): void {
  console.log(
    JSON.stringify({
      seed: settings.seed,
      steps,
      sampler: settings.sampler,
      neighbours: neighbours.map(({ id, score }) => ({ id, score })),
      milliseconds,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    }),
  )
}

async function readTensor(path: string): Promise<Tensor> {
  const array = parseNpy(new Uint8Array(await readFile(path)))
  return tensor(npyFloats(array), array.dims)
}

async function writeTensor(path: string, { dims, data }: Tensor): Promise<void> {
  await writeFile(path, writeNpy({ dtype: 'f4', dims, data }))
}

/** A PNG that carries its recipe, where it has one. */
async function writePng(path: string, { width, height, data }: RgbImage, recipe: Recipe | null): Promise<void> {
  const png = new Uint8Array(
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer(),
  )
  await writeFile(path, recipe === null ? png : embedRecipe(png, recipe))
}

interface Made {
  readonly settings: GenerationSettings
  readonly generated: Generated
  readonly steering: Steering | undefined
}

/** The picture's recipe, as the page writes it; null where it was made from a given context or noise, or from no database. */
async function writeRecipe(
  flags: Flags,
  pack: OpenPack,
  { settings, generated, steering }: Made,
): Promise<Recipe | null> {
  const database = pack.manifest.databases.find(({ id }) => id === flags.style)
  if (flags.context !== undefined || flags.noise !== undefined || database === undefined) return null
  return {
    ...settings,
    version: 1,
    prompt: String(flags.prompt),
    databaseId: database.id,
    databaseHash: pack.manifest.files[database.file]?.sha256 ?? '',
    neighbourIds: generated.neighbours.map(({ id }) => id),
    packId: pack.manifest.id,
    packHash: pack.hash,
    ...(steering === undefined ? {} : { steering }),
  }
}

await runTool(main)
