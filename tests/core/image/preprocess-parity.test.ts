// What reaches CLIP against the Python reference: the pictures and its numbers lie in tests/fixtures/preprocess.

import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { RgbImage } from '../../../src/core/diffusion/model-parts.ts'
import { parseNpy } from '../../../src/core/formats/npy.ts'
import { createImageTower } from '../../../src/core/image/image-tower.ts'
import { type ClipPreprocess, prepareForClip } from '../../../src/core/image/resize.ts'
import { CLIP_TOWERS } from '../../../src/core/pack/clip-folder.ts'
import { parsePackManifest } from '../../../src/core/pack/manifest.ts'
import { halfToFloatArray } from '../../../src/core/tensor/half.ts'
import { createNodeSession } from '../../../tools/onnx-node.ts'

const FOLDER = new URL('../../fixtures/preprocess/', import.meta.url)
const PACK = new URL('../../../public/packs/kindred-mini/', import.meta.url)

const { cases, ...clip } = JSON.parse(readFileSync(new URL('cases.json', FOLDER), 'utf8')) as Omit<
  ClipPreprocess,
  'preprocess'
> & { readonly cases: readonly Pick<ClipPreprocess & { readonly name: string }, 'name' | 'preprocess'>[] }

const manifest = parsePackManifest(readFileSync(new URL('pack.json', PACK), 'utf8'))
if (manifest.clip === null) throw new Error('the built-in pack has no CLIP')
const graph = readFileSync(new URL(`${manifest.clip.folder}/${CLIP_TOWERS.vision}`, PACK))
const tower = createImageTower(await createNodeSession(graph), manifest.clip)

async function readPng(name: string): Promise<RgbImage> {
  const { data, info } = await sharp(readFileSync(new URL(`${name}.png`, FOLDER)))
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

async function prepare(name: string, preprocess: ClipPreprocess['preprocess']): Promise<Float32Array> {
  return prepareForClip(await readPng(name), { ...clip, preprocess })
}

/** Cropped pictures are kept as the 8 bits that they are before they are normalised. */
async function readReference(name: string, preprocess: ClipPreprocess['preprocess']): Promise<Float32Array> {
  if (preprocess === 'squash') {
    const { data } = parseNpy(readFileSync(new URL(`${name}.npy`, FOLDER)))
    return halfToFloatArray(data as Uint16Array)
  }
  const { data, width, height } = await readPng(`${name}-square`)
  const normalise = (value: number, colour: number) =>
    (value / 255 - (clip.mean[colour] ?? 0)) / (clip.std[colour] ?? 1)
  return Float32Array.from({ length: data.length }, (_, i) => {
    const [colour, place] = [Math.floor(i / (width * height)), i % (width * height)]
    return normalise(data[3 * place + colour] ?? Number.NaN, colour)
  })
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

describe.each(cases)('$name, $preprocess', ({ name, preprocess }) => {
  it('is the same pixel by pixel, within half precision', async () => {
    const ours = await prepare(name, preprocess)
    const reference = await readReference(name, preprocess)
    const worst = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - (reference[i] ?? Number.NaN))), 0)
    // Values reach 3 and overshoot, where half floats are 0.002 apart.
    expect(worst).toBeLessThan(2e-3)
  })

  it('embeds within 1e-3 of the reference by cosine', async () => {
    const [ours, reference] = await tower.embed([
      await prepare(name, preprocess),
      await readReference(name, preprocess),
    ])
    expect(1 - cosine(ours ?? new Float32Array(), reference ?? new Float32Array())).toBeLessThan(1e-3)
  })
})
