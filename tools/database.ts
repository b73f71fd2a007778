// npm run database: makes a style database of a folder of pictures, embedded by a pack's CLIP.

import { readFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { captionOf } from '../src/core/library/display-name.ts'
import type { DatabaseFile } from '../src/core/library/exchange.ts'
import { gatherPieces } from '../src/core/library/gather-pieces.ts'
import type { Imported, ImportProgress } from '../src/core/library/import-pictures.ts'
import { parsePackManifest } from '../src/core/pack/manifest.ts'
import { streamStyleDatabase } from '../src/core/retrieval/style-database.ts'
import { StorageError } from '../src/core/storage/storage-error.ts'
import { readArguments, runTool, UsageError } from './arguments.ts'
import { describeEmbeddings } from './database-embeddings.ts'
import { type DatabaseOptions, makeOfPictures, type PictureOptions, toId } from './database-pictures.ts'
import { folderFiles } from './pack-folder.ts'
import { SKIP_WORDS } from './skip-words.ts'
import { type WalkedFile, walkFiles } from './walk-files.ts'
import { writeWhole } from './whole-file.ts'

const USAGE = `usage: npm run database -- SOURCE --pack DIR --out FILE [--id ID] [--name NAME] [--description TEXT]
         [--held-out] [--captions FILE] [--limit N] [--for-pack]

Makes the style database that the page would make and export.

  SOURCE       pictures (PNG, JPEG, WebP, AVIF, GIF or BMP, known by their bytes): a folder, walked to its ends in the order of
               names, with zips in it, or a zip; or embeddings that this pack's CLIP made elsewhere: an .npz of the RDM authors, a
               zip or a folder of such, or clip-retrieval's output folder. Of several databases in SOURCE, --name picks one
  --pack       the pack whose CLIP embeds them
  --out        the file to write, .zip
  --id         lower-case letters, digits and dashes; the source's name by default
  --held-out   the model was not trained on this style
  --captions   JSON, file name to caption; captions.json of the folder by default. Others are named by their files
  --limit      take the first N files only
  --for-pack   small, as a pack's own databases are: thumbnails of 64 pixels in 1.2 KB, no pictures to embed again, rows named by
               their files

Files that cannot be taken, and those of more than 64 million pixels, are listed and left out; the same file twice is one row.
Ends with status 1 where no row was made. Memory: less than 1 GB, and some 5 KB a row; the pictures that are kept, some 50 KB
each, wait in the folder for temporary files (TMPDIR).`

const TELL_EVERY_MS = 2000

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
    'for-pack': { type: 'boolean', default: false },
  })
  const [source = ''] = positionals
  const { pack: folder, out, id, name, description, 'held-out': heldOut, 'for-pack': forPack } = values
  if (!folder || !out) throw new UsageError(USAGE)
  if (id !== undefined && !/^[a-z0-9-]+$/.test(id))
    throw new UsageError(`--id ${id} is not of lower-case letters, digits and dashes`)
  const files = await listFiles(source, { out, captions: values.captions, limit: values.limit })
  const captions = await readCaptions(source, values.captions)
  const manifest = parsePackManifest(new TextDecoder().decode(await folderFiles(folder).read('pack.json')))
  const options: DatabaseOptions = { id, name, description, heldOut }
  let tally = ''
  await writeWhole(out, async (write) => {
    const embeddings = await describeEmbeddings(source, manifest, options)
    if (embeddings !== null) {
      await writeDatabase(embeddings, write)
      tally = `${embeddings.description.items.length} rows without pictures`
      return
    }
    const named = await nameBySource(source, options)
    const use = (file: DatabaseFile) => writeDatabase(file, write)
    const imported = await makeOfPictures(
      files,
      { folder, manifest },
      { ...named, captions, forPack },
      createTeller(),
      use,
    )
    tally = tallyOf(imported)
    if (imported.added === 0) throw new UsageError(`${source}: no picture could be taken: ${tally}`)
  }).catch((error: unknown) => {
    throw error instanceof StorageError ? new UsageError(`${error.message}: ${error.detail}`) : error
  })
  const { size } = await stat(out)
  console.log(`${out}: ${tally}; ${(size / 1024).toFixed(0)} KiB`)
}

/** All files of the source but those that are the tool's own. */
async function listFiles(
  source: string,
  own: { readonly out: string; readonly captions: string | undefined; readonly limit: string | undefined },
): Promise<readonly WalkedFile[]> {
  const most = own.limit === undefined ? Number.POSITIVE_INFINITY : Number(own.limit)
  if (!(most >= 1)) throw new UsageError(`--limit ${own.limit} is not a number of files`)
  const others = [own.out, `${own.out}.part`, own.captions ?? join(source, 'captions.json')].map((path) =>
    resolve(path),
  )
  const files = (await walkFiles(source)).filter(({ path }) => !others.includes(resolve(path)))
  if (files.length === 0) throw new UsageError(`${source} has no files`)
  return files.slice(0, most)
}

async function readCaptions(folder: string, path: string | undefined): Promise<ReadonlyMap<string, string>> {
  const found = path ?? join(folder, 'captions.json')
  const text = await readFile(found, 'utf8').catch((error: Error) => {
    if (path !== undefined) throw error
    return '{}'
  })
  const captions = parseCaptions(text)
  if (captions === null) throw new UsageError(`${found} is not a JSON object of file names and captions`)
  return captions
}

function parseCaptions(text: string): ReadonlyMap<string, string> | null {
  try {
    const entries = Object.entries(JSON.parse(text) as object)
    return entries.every(([, caption]) => typeof caption === 'string') ? new Map(entries) : null
  } catch {
    return null
  }
}

/** A folder's name whole, a file's without its extension. */
async function nameBySource(
  source: string,
  { id, name, description, heldOut }: DatabaseOptions,
): Promise<Omit<PictureOptions, 'captions' | 'forPack'>> {
  const last = basename(resolve(source))
  const own = (await stat(source)).isDirectory() ? last : captionOf(last)
  return { id: id ?? toId(own), name: name ?? own, description, heldOut }
}

async function writeDatabase(file: DatabaseFile, write: (piece: Uint8Array) => Promise<void>): Promise<void> {
  const pieces = gatherPieces(write)
  await streamStyleDatabase(file.description, file.embeddings, file.pictures, pieces.write)
  await pieces.end()
}

/** On stderr: each file that is left out, and at once and now and then how far it is. */
function createTeller(): (progress: ImportProgress) => void {
  let toldAt = Number.NEGATIVE_INFINITY
  return (progress) => {
    if (progress.kind === 'skipped') console.error(`${progress.name} ${SKIP_WORDS[progress.reason]}`)
    if (progress.kind !== 'progress' || performance.now() - toldAt < TELL_EVERY_MS) return
    toldAt = performance.now()
    const { done, total, ratePerSecond, secondsLeft } = progress
    const left =
      secondsLeft === null ? '' : `, ${ratePerSecond.toFixed(1)} a second, ${Math.ceil(secondsLeft / 60)} min left`
    console.error(`${done} of ${total}${left}`)
  }
}

function tallyOf({ added, duplicates, skipped }: Imported): string {
  return `${added} added, ${duplicates} duplicates, ${skipped.length} left out`
}

await runTool(main)
