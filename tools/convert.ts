// npm run convert: turns an authors' checkpoint (.ckpt, or .safetensors with the same keys) into a pack's folder.

import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { openSafetensors } from '../src/core/formats/safetensors.ts'
import { openTorchCheckpoint } from '../src/core/formats/torch-checkpoint.ts'
import { readClipFolder } from '../src/core/pack/clip-folder.ts'
import { type ClipFolder, convertCheckpoint } from '../src/core/pack/convert.ts'
import { ASSUMED_HEAD_CHANNELS, givenHeads, parseModelSettings } from '../src/core/pack/hyperparameters.ts'
import type { Storage } from '../src/core/pack/weights.ts'
import { readArguments, runTool, UsageError } from './arguments.ts'
import { openFileSource } from './file-source.ts'
import { folderSink, sha256 } from './pack-folder.ts'

const USAGE = `usage: npm run convert -- SOURCE OUT_DIR [--dtype fp16|fp32|int8] [--config FILE] [--clip DIR] [--databases DIR] [--first IDS]

  SOURCE       the checkpoint: a .ckpt that torch.save wrote, or a .safetensors file with the same keys
  --dtype      how weights are stored; fp16 by default
  --config     the authors' YAML, or JSON of the same keys; also id, name, description, vocabulary, latent_to_rgb
  --clip       a CLIP in Hugging Face layout, with model.safetensors or with onnx/text_model.onnx and onnx/vision_model.onnx
  --databases  a folder of style databases to build in: those of trained styles before unseen ones, then by name
  --first      ids of styles, with commas between, that come before the others of their kind, in this order`

async function main(): Promise<void> {
  const { positionals, values } = readArguments(USAGE, 2, {
    dtype: { type: 'string', default: 'fp16' },
    config: { type: 'string' },
    clip: { type: 'string' },
    databases: { type: 'string' },
    first: { type: 'string' },
  })
  const [sourcePath = '', outDir = ''] = positionals
  const storage = readStorage(values.dtype)
  const settings = parseModelSettings(values.config ? await readConfig(values.config) : {})
  const first = values.first?.split(',').map((id) => id.trim()) ?? []
  const source = await openFileSource(sourcePath)
  try {
    const open = extname(sourcePath) === '.safetensors' ? openSafetensors : openTorchCheckpoint
    const manifest = await convertCheckpoint(
      {
        checkpoint: await open(source),
        settings,
        storage,
        clip: values.clip ? await openClip(values.clip, storage, settings.vocabulary) : null,
        databases: values.databases ? await readDatabases(values.databases) : new Map(),
        first,
      },
      folderSink(outDir),
      (path, byteLength) => console.log(`${path}  ${(byteLength / 2 ** 20).toFixed(2)} MiB`),
    )
    const total = Object.values(manifest.files).reduce((sum, { byteLength }) => sum + byteLength, 0)
    console.log(`pack ${manifest.id} in ${outDir}: ${(total / 2 ** 20).toFixed(1)} MiB`)
    if (givenHeads(settings) === null) warnOfHeads()
    const strangers = first.filter((id) => !manifest.databases.some((database) => database.id === id))
    if (strangers.length > 0) console.error(`--first names ${strangers.join(', ')}, of which there is no database`)
  } finally {
    await source.close()
  }
}

function warnOfHeads(): void {
  const assumed = `${ASSUMED_HEAD_CHANNELS} channels to an attention head were assumed`
  console.error(`${assumed}: no tensor tells, and no num_head_channels or num_heads was given with --config`)
}

async function readConfig(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8')
  try {
    return parseYaml(text, { logLevel: 'error' })
  } catch (error) {
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n')
    throw new UsageError(`--config ${path} is neither YAML nor JSON: ${reason.replace(/:$/, '')}`)
  }
}

function readStorage(text: string): Storage {
  if (text === 'fp16' || text === 'fp32' || text === 'int8') return text
  throw new UsageError(`--dtype ${text} is not fp16, fp32 or int8`)
}

async function openClip(folder: string, storage: Storage, vocabulary?: readonly string[]): Promise<ClipFolder> {
  const weights = await openFileSource(join(folder, 'model.safetensors')).catch(() => null)
  try {
    const read = async (path: string) => readFile(join(folder, path)).catch(() => null)
    return await readClipFolder(
      { read, weights: weights && (await openSafetensors(weights)) },
      storage,
      sha256,
      vocabulary,
    )
  } finally {
    await weights?.close()
  }
}

async function readDatabases(folder: string): Promise<Map<string, Uint8Array>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.zip')).sort()
  if (names.length === 0) throw new UsageError(`${folder} has no style databases (.zip)`)
  const read = names.map(async (name) => [name, new Uint8Array(await readFile(join(folder, name)))] as const)
  return new Map(await Promise.all(read))
}

await runTool(main)
