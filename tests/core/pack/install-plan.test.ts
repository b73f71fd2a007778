// What installing takes is known, and refused where it cannot be right or cannot work, from pack.json alone.

import { describe, expect, it } from 'vitest'
import { FormatError } from '../../../src/core/formats/format-error.ts'
import { findLack, type Machine } from '../../../src/core/pack/install-needs.ts'
import { planInstall } from '../../../src/core/pack/install-plan.ts'
import { CHUNK_BYTES, type PackManifest, parsePackManifest } from '../../../src/core/pack/manifest.ts'
import { createFileHashes } from '../../../tools/pack-folder.ts'
import { FOUR_CHUNKS, makeSmallPack } from './small-pack.ts'

const LARGE = 'weights/denoiser.safetensors'
const { manifest } = makeSmallPack({ [LARGE]: FOUR_CHUNKS })
const hash = 'a'.repeat(64)

const withFiles = (files: PackManifest['files']): PackManifest => ({
  ...manifest,
  files: { ...manifest.files, ...files },
})

describe('the plan of an install', () => {
  it('cuts long files at their chunks, and leaves short ones whole', () => {
    const plan = planInstall(manifest)
    const large = plan.files.find(({ path }) => path === LARGE)
    expect(large?.pieces.map(({ offset, byteLength }) => [offset, byteLength])).toEqual([
      [0, CHUNK_BYTES],
      [CHUNK_BYTES, CHUNK_BYTES],
      [2 * CHUNK_BYTES, CHUNK_BYTES],
      [3 * CHUNK_BYTES, 4321],
    ])
    expect(large?.pieces.map(({ sha256 }) => sha256)).toEqual(manifest.files[LARGE]?.chunks)
    const indices = plan.files.flatMap(({ pieces }) => pieces.map(({ index }) => index))
    expect(indices).toEqual(Array.from({ length: plan.pieceCount }, (_, i) => i))
  })

  it('takes a long file of before chunk hashes as one piece', () => {
    const { byteLength = 0, sha256 = '' } = manifest.files[LARGE] ?? {}
    const plan = planInstall(withFiles({ [LARGE]: { byteLength, sha256 } }))
    expect(plan.files.find(({ path }) => path === LARGE)?.pieces).toMatchObject([{ offset: 0, byteLength, sha256 }])
  })

  it('fetches once what lies under two names', () => {
    const entry = manifest.files['databases/ink.zip']
    if (entry === undefined) throw new Error('the pack has no database')
    const plan = planInstall(withFiles({ 'databases/copy.zip': entry }))
    expect(plan.byteLength).toBe(planInstall(manifest).byteLength)
  })

  it.each([
    ['a shard is not listed', { ...manifest, files: {} }],
    ['the covers are not listed', { ...manifest, covers: 'covers.zip' }],
    ['one hash has two lengths', withFiles({ a: { byteLength: 1, sha256: hash }, b: { byteLength: 2, sha256: hash } })],
    ['a file is too long for one hash', withFiles({ a: { byteLength: 2 ** 31, sha256: hash } })],
    [
      'there are too many files',
      withFiles(
        Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`f${i}`, { byteLength: 1, sha256: hash }])),
      ),
    ],
  ])('is refused where %s', (_, damaged) => {
    expect(() => planInstall(damaged)).toThrow(FormatError)
  })
})

describe('pack.json', () => {
  const parse = (change: (json: PackManifest) => unknown) => () =>
    parsePackManifest(JSON.stringify(change(structuredClone(manifest))))

  it.each(['../x', '/etc/passwd', 'a/../b', 'a//b', 'C:/x', 'a\\b', '.hidden', 'https://example.org/x', ''])(
    'names no file outside of its folder: %j',
    (path) => {
      const entry = { byteLength: 1, sha256: hash }
      expect(parse((json) => ({ ...json, files: { ...json.files, [path]: entry } }))).toThrow(FormatError)
      const [graph] = manifest.denoiser.graphs
      const external = (location: string, shard: string) => ({
        ...manifest.denoiser,
        graphs: [{ ...graph, externalData: [{ location, shard }] }],
      })
      expect(parse((json) => ({ ...json, denoiser: external(path, LARGE) }))).toThrow(FormatError)
      expect(parse((json) => ({ ...json, denoiser: external(LARGE, path) }))).toThrow(FormatError)
    },
  )

  it.each([
    ['too few chunk hashes', { byteLength: CHUNK_BYTES + 1, sha256: hash, chunks: [hash] }],
    ['too many chunk hashes', { byteLength: 1, sha256: hash, chunks: [hash, hash] }],
    ['a length below 0', { byteLength: -1, sha256: hash }],
    ['a length of no whole bytes', { byteLength: 1.5, sha256: hash }],
    ['an endless length', { byteLength: 1e300, sha256: hash }],
  ])('with %s is refused', (_, entry) => {
    expect(parse((json) => ({ ...json, files: { ...json.files, x: entry } }))).toThrow(FormatError)
  })

  it('cannot alter what objects are', () => {
    const text = JSON.stringify(manifest).replace(
      '"files":{',
      `"files":{"__proto__":{"byteLength":1,"sha256":"${hash}"},`,
    )
    const parsed = parsePackManifest(text)
    expect(Object.getPrototypeOf(parsed.files)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>).byteLength).toBeUndefined()
  })

  it('without chunk hashes, as packs had none once, is read', () => {
    const { byteLength = 0, sha256 = '' } = manifest.files[LARGE] ?? {}
    expect(parse((json) => ({ ...json, files: { ...json.files, [LARGE]: { byteLength, sha256 } } }))).not.toThrow()
  })
})

describe('hashes of a file that is written', () => {
  it('are of each chunk, however the bytes come', () => {
    const bytes = new Uint8Array(2 * CHUNK_BYTES + 10).fill(3)
    const digests = [1, 3].map((count) => {
      const hashes = createFileHashes()
      const step = Math.ceil(bytes.length / count)
      for (let at = 0; at < bytes.length; at += step) hashes.update(bytes.subarray(at, at + step))
      return hashes.digest()
    })
    expect(digests[0]).toEqual(digests[1])
    expect(digests[0]?.chunks).toHaveLength(3)
    expect(digests[0]?.chunks?.[0]).toBe(digests[0]?.chunks?.[1])
  })

  it('of a file of one chunk or none are one', () => {
    expect(createFileHashes().digest()).not.toHaveProperty('chunks')
  })
})

describe('what a machine lacks for a pack', () => {
  const large: PackManifest = { ...manifest, weights: { elements: 1.3e9, largestTensor: 70e6 } }
  const halfOnly: PackManifest = {
    ...large,
    denoiser: { ...large.denoiser, graphs: large.denoiser.graphs.map((graph) => ({ ...graph, dtype: 'fp16' })) },
  }
  const gpu = { hasHalfFloats: true, maxBufferBytes: 2 ** 30 }
  const machine: Machine = { gpu, memoryBytes: null }

  it.each<[string, PackManifest, Machine, object | null]>([
    ['nothing for a small pack', manifest, { gpu: null, memoryBytes: 2 ** 28 }, null],
    ['nothing on a large GPU', halfOnly, machine, null],
    [
      'wasm memory without a GPU',
      large,
      { gpu: null, memoryBytes: null },
      { what: 'wasm-memory', needed: 5.2e9, has: 2 ** 32 },
    ],
    [
      'memory on a small machine',
      halfOnly,
      { gpu, memoryBytes: 2 ** 31 },
      { what: 'memory', needed: 2.6e9, has: 2 ** 31 },
    ],
    ['half floats', halfOnly, { ...machine, gpu: { ...gpu, hasHalfFloats: false } }, { what: 'half-floats' }],
    [
      'a buffer for the largest tensor',
      halfOnly,
      { ...machine, gpu: { ...gpu, maxBufferBytes: 2 ** 27 } },
      { what: 'gpu-buffer', needed: 140e6, has: 2 ** 27 },
    ],
  ])('is %s', (_, pack, on, lack) => {
    expect(findLack(pack, on)).toEqual(lack)
  })
})
