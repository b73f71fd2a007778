// npm run database: makes a style database of a folder of pictures, embedded by a pack's CLIP.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import sharp from 'sharp'
import type { ImageEncoder } from '../src/core/diffusion/model-parts.ts'
import { parsePackManifest } from '../src/core/pack/manifest.ts'
import { writeStyleDatabase } from '../src/core/retrieval/style-database.ts'
import { readArguments, runTool, UsageError } from './arguments.ts'
import { createImageEncoder } from './clip-node.ts'
import { importEmbeddings, toId } from './database-embeddings.ts'
import { folderFiles } from './pack-folder.ts'
import { readRgb } from './read-rgb.ts'

const USAGE = `usage: npm run database -- SOURCE --pack DIR --out FILE [--id ID] [--name NAME] [--description TEXT]
         [--held-out] [--captions FILE] [--limit N]

  SOURCE       a folder of pictures (PNG, JPEG, WebP, AVIF, GIF or TIFF), in the order of their names; or embeddings that this
               pack's CLIP made elsewhere: an .npz of the RDM authors, a zip or a folder of such, or clip-retrieval's output
               folder. Of several databases in SOURCE, --name picks one
  --pack       the pack whose CLIP embeds them
  --out        the file to write, .zip
  --id         lower-case letters, digits and dashes; the source's name by default
  --held-out   the model was not trained on this style
  --captions   JSON, file name to caption; captions.json of the folder by default
  --limit      take the first N pictures only`

const PICTURE = /\.(png|jpe?g|webp|avif|gif|tiff?)$/i
const THUMBNAIL_SIDE = 64
const MOST_THUMBNAIL_BYTES = 1228
const BATCH = 8

async function main(): Promise<void> {
  const { positionals, values } = readArguments(USAGE, 1, {
    pack: { type: 'string' },
    out: { type: 'string' },
    id: { type: 'string' },
    name: { type: 'string' },
    description: { type: 'string', default: '' },
    'held-out': { type: 'boolean', default: false },
    captions: { type: 'string' },
    limit: { type: 'string' },
  })
  const [folder = ''] = positionals
  if (!values.pack || !values.out) throw new UsageError(USAGE)
  const captions = await readCaptions(folder, values.captions)
  const manifest = parsePackManifest(new TextDecoder().decode(await folderFiles(values.pack).read('pack.json')))
  const imported = await importEmbeddings(folder, manifest, values)
  if (imported !== null) {
    await mkdir(dirname(resolve(values.out)), { recursive: true })
    await writeFile(values.out, imported.bytes)
    console.log(`${values.out}: ${imported.rows} rows without pictures`)
    return
  }
  const files = await listPictures(folder, values.limit)
  const encoder = await createImageEncoder(values.pack, manifest)
  const embeddings: Float32Array[] = []
  const thumbnails: Uint8Array[] = []
  for (let start = 0; start < files.length; start += BATCH) {
    const paths = files.slice(start, start + BATCH).map((file) => join(folder, file))
    embeddings.push(...(await embed(encoder, paths)))
    thumbnails.push(...(await Promise.all(paths.map(makeThumbnail))))
    console.log(`${embeddings.length} of ${files.length}`)
  }
  const name = values.name ?? basename(resolve(folder))
  const bytes = await writeStyleDatabase({
    description: {
      id: values.id ?? toId(basename(resolve(folder))),
      name,
      description: values.description,
      heldOut: values['held-out'],
      clip: { id: manifest.clip?.id ?? '', dim: manifest.clip?.dim ?? 0 },
      thumbnail: { type: 'image/webp', side: THUMBNAIL_SIDE },
      items: files.map((file) => ({ id: basename(file, extname(file)), caption: captions[file] ?? '' })),
    },
    embeddings,
    thumbnails,
  })
  await mkdir(dirname(resolve(values.out)), { recursive: true })
  await writeFile(values.out, bytes)
  console.log(`${values.out}: ${files.length} rows, ${(bytes.length / 1024).toFixed(0)} KiB`)
}

async function listPictures(folder: string, limit: string | undefined): Promise<string[]> {
  const most = limit === undefined ? Number.POSITIVE_INFINITY : Number(limit)
  if (!(most >= 1)) throw new UsageError(`--limit ${limit} is not a number of pictures`)
  const names = await readdir(folder).catch((error: Error) => {
    throw new UsageError(error.message)
  })
  const files = names.filter((name) => PICTURE.test(name)).sort()
  if (files.length === 0) throw new UsageError(`${folder} has no pictures`)
  return files.slice(0, most)
}

async function readCaptions(folder: string, path: string | undefined): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(path ?? join(folder, 'captions.json'), 'utf8').catch((error: Error) => {
    if (path !== undefined) throw new UsageError(error.message)
    return '{}'
  })
  return JSON.parse(text)
}

async function embed(encoder: ImageEncoder, paths: readonly string[]): Promise<Float32Array[]> {
  return encoder.encodeImages(await Promise.all(paths.map(readRgb)))
}

/** A square WebP, cut to the middle, of the best quality that fits. */
async function makeThumbnail(path: string): Promise<Uint8Array> {
  const square = await sharp(path)
    .autoOrient()
    .flatten({ background: 'white' })
    .resize(THUMBNAIL_SIDE, THUMBNAIL_SIDE, { fit: 'cover' })
    .toColourspace('srgb')
    .png()
    .toBuffer()
  for (let quality = 70; ; quality -= 10) {
    const bytes = await sharp(square).webp({ quality, effort: 6 }).toBuffer()
    if (bytes.length <= MOST_THUMBNAIL_BYTES || quality <= 10) return new Uint8Array(bytes)
  }
}

await runTool(main)
