import { describe, expect, it } from 'vitest'
import { FormatError } from '../../../src/core/formats/format-error.ts'
import { convertCheckpoint } from '../../../src/core/pack/convert.ts'
import { directParser } from '../../../src/core/pack/direct-parser.ts'
import { parseModelSettings } from '../../../src/core/pack/hyperparameters.ts'
import type { GraphFiles, InferenceRuntime } from '../../../src/core/pack/inference.ts'
import type { PackPart } from '../../../src/core/pack/manifest.ts'
import { openPack, pickGraph } from '../../../src/core/pack/open-pack.ts'
import { writeInto } from '../../../tools/micro-pack.ts'
import { sha256 } from '../../../tools/pack-folder.ts'
import { microTensors, sourceOf } from './micro-checkpoint.ts'

/** Keeps what it is given; its sessions have no outputs. */
function recordingRuntime(variant: 'portable' | 'webgpu', dtype: 'fp32' | 'fp16') {
  const created: GraphFiles[] = []
  const runtime: InferenceRuntime = {
    variant,
    dtype,
    createSession: async (files) => {
      created.push(files)
      return { run: async () => ({}), release: async () => {} }
    },
  }
  return { runtime, created }
}

async function packInMemory(storage: 'fp32' | 'fp16' | 'int8'): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  const settings = parseModelSettings({ params: { scale_factor: 1 } })
  const input = { checkpoint: sourceOf(microTensors()), settings, storage, clip: null, databases: new Map() }
  await convertCheckpoint(input, writeInto(files))
  return files
}

function filesOf(files: ReadonlyMap<string, Uint8Array>) {
  return {
    parser: directParser,
    read: async (path: string) => {
      const bytes = files.get(path)
      if (!bytes) throw new FormatError('pack', `${path}: missing`)
      return bytes
    },
  }
}

const SHARD = 'weights/denoiser-00001-of-00001.safetensors'

describe('opening a pack', () => {
  it('hands the runtime its graph and the weights as they lie', async () => {
    const files = await packInMemory('fp16')
    const { runtime, created } = recordingRuntime('webgpu', 'fp16')
    await (await openPack(filesOf(files), runtime, sha256)).createDenoiser()
    expect(created[0]?.graph).toBe(files.get('graphs/denoiser.webgpu.fp16.onnx'))
    expect(created[0]?.externalData.map(({ location }) => location)).toEqual([SHARD])
    expect(created[0]?.externalData[0]?.data).toBe(files.get(SHARD))
  })

  it('widens int8 weights to the type of the graph', async () => {
    const files = await packInMemory('int8')
    const lengths = []
    for (const dtype of ['fp32', 'fp16'] as const) {
      const { runtime, created } = recordingRuntime('portable', dtype)
      await (await openPack(filesOf(files), runtime, sha256)).createDecoder()
      const [external] = created[0]?.externalData ?? []
      expect(external?.location).toBe(`weights/decoder-00001-of-00001.${dtype}`)
      lengths.push(external?.data instanceof Uint8Array ? external.data.length : 0)
    }
    expect((lengths[0] ?? 0) / (lengths[1] ?? 1)).toBeCloseTo(2, 1)
  })

  it('tells how much it has read, up to the whole', async () => {
    const files = await packInMemory('fp32')
    const told: [string, number, number][] = []
    const pack = await openPack(filesOf(files), recordingRuntime('portable', 'fp32').runtime, sha256)
    await pack.createDenoiser((...progress) => told.push(progress))
    const graph = files.get('graphs/denoiser.portable.fp32.onnx')?.length ?? 0
    const total = graph + (files.get(SHARD)?.length ?? 0)
    expect(told).toEqual([
      ['denoiser', 0, total],
      ['denoiser', graph, total],
      ['denoiser', total, total],
    ])
  })

  it("gives pack.json's hash", async () => {
    const files = await packInMemory('fp32')
    const pack = await openPack(filesOf(files), recordingRuntime('portable', 'fp32').runtime, sha256)
    expect(pack.hash).toBe(await sha256(files.get('pack.json') ?? new Uint8Array(0)))
  })

  it.each([
    ['missing', (files: Map<string, Uint8Array>) => files.delete(SHARD), `pack: ${SHARD}: missing`],
    [
      'cut short',
      (files: Map<string, Uint8Array>, bytes: Uint8Array) => files.set(SHARD, bytes.slice(0, -1)),
      /^pack: weights\/denoiser-00001-of-00001\.safetensors: \d+ bytes, not \d+$/,
    ],
    [
      'altered',
      (files: Map<string, Uint8Array>, bytes: Uint8Array) => files.set(SHARD, bytes.with(-1, 1 ^ (bytes.at(-1) ?? 0))),
      /^pack: weights\/denoiser-00001-of-00001\.safetensors: SHA-256 is /,
    ],
  ])('names a file that is %s', async (_, damage, message) => {
    const files = await packInMemory('fp32')
    damage(files, files.get(SHARD) ?? new Uint8Array(0))
    const { runtime, created } = recordingRuntime('portable', 'fp32')
    const pack = await openPack(filesOf(files), runtime, sha256)
    await expect(pack.createDenoiser()).rejects.toThrow(message)
    expect(created).toEqual([])
  })

  it('reads nothing that pack.json does not list', async () => {
    const files = await packInMemory('fp32')
    files.set('extra', new Uint8Array(1))
    const pack = await openPack(filesOf(files), recordingRuntime('portable', 'fp32').runtime, sha256)
    for (const path of ['extra', '__proto__', 'toString']) {
      files.set(path, new Uint8Array(1))
      await expect(pack.read(path)).rejects.toThrow(`pack: ${path}: pack.json does not list it`)
    }
  })
})

describe('the choice of a graph', () => {
  const part = (...kinds: ['portable' | 'webgpu', 'fp32' | 'fp16'][]): PackPart => ({
    graphs: kinds.map(([variant, dtype]) => ({ variant, dtype, file: `${variant}.${dtype}`, externalData: [] })),
    shards: [],
    storage: 'fp16',
  })

  it.each([
    ['the one asked for', part(['portable', 'fp16'], ['webgpu', 'fp16']), 'webgpu', 'fp16', 'webgpu.fp16'],
    [
      'the portable one of its type',
      part(['portable', 'fp32'], ['portable', 'fp16']),
      'webgpu',
      'fp16',
      'portable.fp16',
    ],
    [
      'the portable one of the other type',
      part(['portable', 'fp16'], ['webgpu', 'fp16']),
      'webgpu',
      'fp32',
      'portable.fp16',
    ],
  ] as const)('is %s', (_, graphs, variant, dtype, file) => {
    expect(pickGraph(graphs, { variant, dtype }).file).toBe(file)
  })

  it('is refused where only another variant is there', () => {
    expect(() => pickGraph(part(['webgpu', 'fp16']), { variant: 'portable', dtype: 'fp32' })).toThrow(
      /^pack: has no graph/,
    )
  })
})
