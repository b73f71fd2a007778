// What installed packs hold, parsed by way of the parse worker over a real MessageChannel: as if it were parsed where it is asked for.

import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { bytesSource } from '../../src/core/formats/byte-source.ts'
import { FormatError } from '../../src/core/formats/format-error.ts'
import { encodeModel } from '../../src/core/onnx/onnx-proto.ts'
import { directParser } from '../../src/core/pack/direct-parser.ts'
import type { PackParser } from '../../src/core/pack/pack-parser.ts'
import { blobSource } from '../../src/platform/blob-source.ts'
import { createSealedPackParser } from '../../src/platform/sealed-packs.ts'
import { JobError } from '../../src/protocol/errors.ts'
import { openParseChannel } from './parse-channel.ts'

const { client, close } = openParseChannel()
afterAll(close)
let ids = 0
const createId = () => `pack-${ids++}`
const sealed = createSealedPackParser(client, createId)

const PACK = new URL('../../public/packs/kindred-mini/', import.meta.url)
const read = (path: string) => new Uint8Array(readFileSync(new URL(path, PACK)))
const manifest = await directParser.parseManifest(read('pack.json'))
const [style] = manifest.databases
if (style === undefined) throw new Error('the built-in pack has no style')
const [graph] = manifest.denoiser.graphs
if (graph === undefined) throw new Error('the built-in pack has no graph')
const locations = graph.externalData.map(({ location }) => location)
const blobOf = (bytes: Uint8Array) => blobSource(new Blob([bytes as Uint8Array<ArrayBuffer>]))

/** Of megabytes, which `toEqual` compares one by one. */
const isSame = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0

/** A denoiser's, with an operator of a stranger's making. */
const hostileGraph = () =>
  encodeModel({
    name: 'denoiser',
    initializers: [],
    inputs: [],
    outputs: [],
    nodes: [{ name: 'a', opType: 'Reach', domain: 'elsewhere', inputs: [], outputs: [], attributes: {} }],
  })

describe('a pack parsed by way of the parse worker', () => {
  it('says of itself what it says where it is parsed at once', async () => {
    expect(await sealed.parseManifest(read('pack.json'))).toEqual(manifest)
    const ids = manifest.databases.map(({ id }) => id)
    const covers = read(manifest.covers ?? '')
    expect(await sealed.parseCovers(covers.slice(), ids)).toEqual(await directParser.parseCovers(covers, ids))
  })

  it('has its graphs and weights back without their being copied', async () => {
    const given = read(graph.file)
    const back = await sealed.checkGraph(given, locations)
    expect(given.byteLength).toBe(0)
    expect(isSame(back, read(graph.file))).toBe(true)
    const weights = read(manifest.denoiser.shards[0] ?? '')
    const { tensors } = await directParser.readTensors(weights)
    const widened = await sealed.readTensors(weights.slice())
    expect(widened.tensors).toEqual(tensors)
    expect(isSame(widened.shard, weights)).toBe(true)
  })

  it('has the files of its tokenizer back as they are where they are checked at once', async () => {
    for (const path of ['clip/tokenizer.json', 'clip/config.json']) {
      expect(await sealed.checkClipFile(path, read(path))).toEqual(await directParser.checkClipFile(path, read(path)))
    }
  })

  it('has its styles opened with their rows, names and pictures', async () => {
    const bytes = read(style.file)
    const [direct, opened] = await Promise.all([
      directParser.openDatabase(bytesSource(bytes)),
      sealed.openDatabase(blobOf(bytes)),
    ])
    expect(opened.description).toEqual(direct.description)
    expect(opened.embeddings).toEqual(direct.embeddings)
    expect(await opened.thumbnails([0, 2])).toEqual(await direct.thumbnails([0, 2]))
    expect(await opened.images([0])).toEqual(await direct.images([0]))
  })
})

describe('a damaged or hostile file of a pack', () => {
  const text = (words: string) => new TextEncoder().encode(words)
  const cut = (path: string) => read(path).subarray(0, -100).slice()

  it.each<[string, (parser: PackParser) => Promise<unknown>]>([
    ['a pack.json that is none', (parser) => parser.parseManifest(text('{"format": "kindred-pack"}'))],
    ['a pack.json that is no JSON', (parser) => parser.parseManifest(text('<html>'))],
    ['a pack.json of seventeen million bytes', (parser) => parser.parseManifest(new Uint8Array(17_000_000))],
    ['a graph with operators from elsewhere', (parser) => parser.checkGraph(hostileGraph(), [])],
    ['a graph with weights in no file of the pack', (parser) => parser.checkGraph(read(graph.file), [])],
    ['a tokenizer that is no JSON', (parser) => parser.checkClipFile('clip/tokenizer.json', text('{'))],
    ['weights that are cut', (parser) => parser.readTensors(cut(manifest.denoiser.shards[0] ?? ''))],
    ['covers that are cut', (parser) => parser.parseCovers(cut(manifest.covers ?? ''), [style.id])],
  ])('is refused in the words in which it is refused at once: %s', async (_, parse) => {
    const refusal = (parser: PackParser) => parse(parser).catch((error: unknown) => error)
    const [direct, error] = [await refusal(directParser), await refusal(sealed)]
    expect(error).toBeInstanceOf(FormatError)
    expect(error).toEqual(direct)
  })

  it.each([
    ['that is cut', cut(style.file), /zip: /],
    ['that is no zip', text('no zip'), /zip: /],
  ])('is refused as a style %s', async (_, bytes, message) => {
    const opening = sealed.openDatabase(blobOf(bytes))
    await expect(opening).rejects.toBeInstanceOf(FormatError)
    await expect(opening).rejects.toThrow(message)
  })

  it('is refused where it takes too long, and nothing is said of the pack that would have it thrown away', async () => {
    const never: typeof client = {
      ...client,
      run: (_, __, options) =>
        new Promise((_, reject) =>
          options?.signal?.addEventListener('abort', () => reject(new JobError('cancelled', 'the worker was ended'))),
        ),
    }
    const hasty = createSealedPackParser(never, createId, 20)
    // A FormatError would make of an installed pack one that is none, which is swept.
    await expect(hasty.parseManifest(read('pack.json'))).rejects.toMatchObject({
      name: 'JobError',
      code: 'pack-damaged',
    })
    await expect(hasty.openDatabase(blobOf(read(style.file)))).rejects.toThrow(/takes too long/)
  })

  it('that asks for more memory than there is fails as that', async () => {
    const full: typeof client = {
      ...client,
      run: async () => {
        throw new JobError('internal', 'something unexpected happened', 'RangeError: Array buffer allocation failed')
      },
    }
    await expect(createSealedPackParser(full, createId).parseManifest(text('{}'))).rejects.toBeInstanceOf(RangeError)
  })
})

it('shows the pictures of a style also after the worker that opened it was ended', async () => {
  let lost = false
  let opened = 0
  const mortal: typeof client = {
    ...client,
    run: async (name, input, options) => {
      if (name === 'open-archive') opened++
      if (lost && name === 'read-pictures') {
        lost = false
        throw new JobError('worker-died', 'the worker failed')
      }
      return client.run(name, input, options)
    },
  }
  const { thumbnails } = await createSealedPackParser(mortal, createId).openDatabase(blobOf(read(style.file)))
  const before = await thumbnails([1])
  lost = true
  expect(await thumbnails([1])).toEqual(before)
  expect(opened).toBe(2)
})
