// npm run sheet: paints prompts in styles with the built-in pack, as one picture, and lists them for training/probe.py.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type OverlayOptions } from 'sharp'
import { type Generated, generate } from '../src/core/diffusion/generate.ts'
import { DEFAULT_SETTINGS } from '../src/core/diffusion/recipe.ts'
import { openPack } from '../src/core/pack/open-pack.ts'
import { readArguments, runTool } from './arguments.ts'
import { createTextEncoder } from './clip-node.ts'
import { createNodeRuntime } from './onnx-node.ts'
import { BUILT_IN_PACK, folderFiles, sha256 } from './pack-folder.ts'
import { createParts, openIndex } from './pack-parts.ts'

const USAGE = `usage: npm run sheet -- --out FILE.png [--pictures DIR] [--tile 160] [--styles ID,ID] [--seed 0] [--steps 20] [--guidance 5] [--k 19] [--pack DIR]

  --pictures  also writes each picture there, with list.json: file, style and subject, as training/probe.py reads it`

/** What is asked for, and the subject that a judge should find in it. */
const PROMPTS: readonly (readonly [prompt: string, subject: string])[] = [
  ['a red house by the sea', 'house'],
  ['a white lighthouse at night', 'lighthouse'],
  ['a purple castle on a hill at sunset', 'castle'],
  ['a windmill in a field', 'windmill'],
  ['a blue boat on a lake at dawn', 'boat'],
  ['a blue elephant in a city', 'elephant'],
  ['a cactus in the desert', 'cactus'],
  ['a yellow flower in a field', 'flower'],
  ['a red bus in a village', 'bus'],
  ['an orange butterfly over a garden', 'butterfly'],
  ['an orange car in a village in the rain', 'car'],
  ['a white cat in a forest', 'cat'],
]

async function main(): Promise<void> {
  const { values } = readArguments(USAGE, 0, {
    out: { type: 'string', default: 'docs/contact-sheet.jpg' },
    pictures: { type: 'string' },
    tile: { type: 'string', default: '160' },
    styles: { type: 'string' },
    seed: { type: 'string', default: '0' },
    steps: { type: 'string', default: String(DEFAULT_SETTINGS.steps) },
    guidance: { type: 'string', default: String(DEFAULT_SETTINGS.guidance) },
    k: { type: 'string', default: String(DEFAULT_SETTINGS.k) },
    pack: { type: 'string', default: BUILT_IN_PACK },
  })
  const pack = await openPack(folderFiles(values.pack), createNodeRuntime(), sha256)
  const styles = values.styles?.split(',') ?? pack.manifest.databases.map(({ id }) => id)
  const parts = await createParts(pack)
  const textEncoder = await createTextEncoder(values.pack, pack.manifest)
  const settings = {
    ...DEFAULT_SETTINGS,
    seed: Number(values.seed),
    steps: Number(values.steps),
    guidance: Number(values.guidance),
    k: Number(values.k),
  }
  const tile = Number(values.tile)
  const tiles: OverlayOptions[] = []
  const list: { file: string; style: string; subject: string }[] = []
  if (values.pictures !== undefined) await mkdir(values.pictures, { recursive: true })
  for (const [column, style] of styles.entries()) {
    const index = await openIndex(pack, style)
    for (const [row, [prompt, subject]] of PROMPTS.entries()) {
      const job = generate(parts, { prompt, textEncoder, index, settings, now: () => performance.now() })
      const { width, height, data } = (await finish(job)).pixels
      const picture = sharp(data, { raw: { width, height, channels: 3 } })
      tiles.push({
        input: await picture.clone().resize(tile, tile).png().toBuffer(),
        left: column * tile,
        top: row * tile,
      })
      if (values.pictures === undefined) continue
      const file = `${style}-${row}.png`
      await writeFile(join(values.pictures, file), await picture.png().toBuffer())
      list.push({ file, style, subject })
    }
    console.log(`${style}: ${PROMPTS.length} pictures`)
  }
  if (values.pictures !== undefined) await writeFile(join(values.pictures, 'list.json'), JSON.stringify(list, null, 1))
  const size = { width: styles.length * tile, height: PROMPTS.length * tile }
  await sharp({ create: { ...size, channels: 3, background: 'white' } })
    .composite(tiles)
    .jpeg({ quality: 88 })
    .toFile(values.out)
}

async function finish(job: AsyncGenerator<unknown, Generated, undefined>): Promise<Generated> {
  for (;;) {
    const { done, value } = await job.next()
    if (done) return value
  }
}

await runTool(main)
