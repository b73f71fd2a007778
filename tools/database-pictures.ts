// The part of `npm run database` that makes a style database of pictures, by the importer and the library that the page has.

import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { pictureReader } from '../src/core/image/read-strangers.ts'
import { isSmallWebp } from '../src/core/image/small-webp.ts'
import { freeName } from '../src/core/library/append-rows.ts'
import { createLibrary } from '../src/core/library/create-library.ts'
import { type DatabaseFile, describeFile } from '../src/core/library/exchange.ts'
import { type Imported, type ImportProgress, importPictures } from '../src/core/library/import-pictures.ts'
import { imageKey } from '../src/core/library/records.ts'
import type { PackManifest } from '../src/core/pack/manifest.ts'
import type { WriterLock } from '../src/core/storage/writer-lock.ts'
import { openImageTower } from './clip-node.ts'
import { sha256 } from './pack-folder.ts'
import { createPictureDecoder } from './picture-decoder.ts'
import { openScratchDisk } from './scratch-disk.ts'
import type { WalkedFile } from './walk-files.ts'

export interface DatabaseOptions {
  /** By the source's name where there is none. */
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly description: string
  readonly heldOut: boolean
}

export interface PictureOptions extends Required<DatabaseOptions> {
  readonly id: string
  readonly name: string
  /** By a file's name, instead of that. */
  readonly captions: ReadonlyMap<string, string>
  /** As the databases that ship in a pack are: small thumbnails alone, rows named by their files, nothing to tell files apart. */
  readonly forPack: boolean
}

const THUMBNAIL_SIDE = 96
const PACK_THUMBNAIL_SIDE = 64
const PACK_THUMBNAIL_BYTES = 1228

/** One process writes, and waits for each write. */
const SOLE_WRITER: WriterLock = { write: (task) => task(), hold: (_, task) => task(), busy: async () => new Set() }

/**
 * Imports the files and hands what the database's file holds to `use`, where there is a row; its pictures are read then. Throws
 * FormatError for the pack's sake, StorageError where the scratch file has no room, and what `use` throws.
 */
export async function makeOfPictures(
  files: readonly WalkedFile[],
  pack: { readonly folder: string; readonly manifest: PackManifest },
  options: PictureOptions,
  onProgress: (progress: ImportProgress) => void,
  use: (file: DatabaseFile) => Promise<void>,
): Promise<Imported> {
  const { id, name, description, heldOut, captions, forPack } = options
  const { tower, clip } = await openImageTower(pack.folder, pack.manifest)
  const disk = await openScratchDisk((key) => key.startsWith(imageKey('')))
  try {
    const library = createLibrary({
      ...{ disk, lock: SOLE_WRITER, hash: sha256, createId: randomUUID },
      isPicture: isSmallWebp,
    })
    const thumbnailSide = forPack ? PACK_THUMBNAIL_SIDE : THUMBNAIL_SIDE
    const mostThumbnailBytes = forPack ? PACK_THUMBNAIL_BYTES : null
    const decode = createPictureDecoder({ clip, thumbnailSide, mostThumbnailBytes })
    const now = () => performance.now()
    const importing = importPictures(
      { library, clip, thumbnailSide, reader: pictureReader, decode, tower, sha256, now },
      { importId: 'import', unfinished: null, databaseId: null, name, files, source: null },
    )
    let step = await importing.next()
    for (; !step.done; step = await importing.next()) onProgress(step.value)
    const imported = step.value
    if (imported.databaseId !== null && imported.added > 0) {
      const opened = await library.openDatabase(imported.databaseId)
      const parts = { name: opened.summary.name, description, heldOut, clip, thumbnailSide, fileId: id }
      const captioned = withCaptions(await describeFile(parts, opened), await captionsByHash(files, captions))
      await use(
        forPack
          ? trimForPack(
              captioned,
              opened.items.map(({ caption }) => caption),
            )
          : captioned,
      )
    }
    return imported
  } finally {
    await disk.close()
  }
}

/** A name as an id: lower-case letters, digits and dashes. */
export function toId(text: string): string {
  return (
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'style'
  )
}

/** Of the files that have one; those that cannot be read became no rows. */
async function captionsByHash(
  files: readonly WalkedFile[],
  captions: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const { name, path } of files) {
    const caption = captions.get(name)
    const bytes = caption === undefined ? null : await readFile(path).catch(() => null)
    if (caption === undefined || bytes === null) continue
    const hash = await sha256(bytes)
    // Of files that are the same, the first became the row.
    if (!found.has(hash)) found.set(hash, caption)
  }
  return found
}

function withCaptions(file: DatabaseFile, captions: ReadonlyMap<string, string>): DatabaseFile {
  const items = file.description.items.map((item) => ({
    ...item,
    caption: captions.get(item.sha256 ?? '') ?? item.caption,
  }))
  return { ...file, description: { ...file.description, items } }
}

/** @param names a row's id each, or what it begins with */
function trimForPack(file: DatabaseFile, names: readonly string[]): DatabaseFile {
  const ids = new Set<string>()
  const items = file.description.items.map(({ caption }, row) => {
    const id = freeName(names[row] ?? '', ids)
    ids.add(id)
    return { id, caption }
  })
  return { ...file, description: { ...file.description, items } }
}
