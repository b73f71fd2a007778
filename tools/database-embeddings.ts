// The part of `npm run database` that makes a style database of embeddings from elsewhere, without pictures.

import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { collectEmbeddings, findEmbeddings } from '../src/core/library/import-embeddings.ts'
import type { ImportFile } from '../src/core/library/import-files.ts'
import type { PackManifest } from '../src/core/pack/manifest.ts'
import { streamStyleDatabase } from '../src/core/retrieval/style-database.ts'
import { UsageError } from './arguments.ts'
import { openFileSource } from './file-source.ts'

interface Options {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly 'held-out'?: boolean | undefined
}

const EMBEDDINGS = /\.(npz|npy|parquet|zip)$/i

/** The database's file; null where the source holds no embeddings. Throws UsageError, FormatError and errors of files. */
export async function importEmbeddings(
  path: string,
  { clip }: PackManifest,
  options: Options,
): Promise<{ readonly bytes: Uint8Array; readonly rows: number } | null> {
  const paths = await listEmbeddings(path)
  if (paths.length === 0) return null
  if (clip === null) throw new UsageError('the pack has no CLIP that could have made these embeddings')
  const sources: { close(): Promise<void> }[] = []
  const files = paths.map((name): ImportFile => {
    return {
      name,
      open: async () => {
        const source = await openFileSource(join(resolve(path), '..', name))
        sources.push(source)
        return source
      },
    }
  })
  try {
    const { collections, refused } = await findEmbeddings(files, clip.dim)
    for (const { name, error } of refused) console.error(`${name}: ${error.message}`)
    const named = collections.filter(({ name }) => options.name === undefined || name === options.name)
    const [collection] = collections.length === 1 ? collections : named.length === 1 ? named : []
    if (collection === undefined) {
      const names = collections.map(({ name }) => name).join(', ')
      throw new UsageError(collections.length === 0 ? `${path} has no embeddings to use` : `--name one of: ${names}`)
    }
    const { items, embeddings } = await collectEmbeddings(collection)
    const pieces: Uint8Array[] = []
    const name = options.name ?? collection.name
    const description = {
      id: options.id ?? toId(name),
      name,
      description: options.description ?? '',
      heldOut: options['held-out'] ?? false,
      clip: { id: clip.id, dim: clip.dim },
      thumbnail: { type: 'image/webp' as const, side: 64 },
      items: items.map(({ id, caption }) => ({ id, caption })),
    }
    const nothing = async (rows: readonly number[]) => rows.map(() => null)
    const none = { thumbnails: nothing, images: nothing }
    await streamStyleDatabase(description, embeddings, none, async (piece) => void pieces.push(piece))
    return { bytes: Buffer.concat(pieces), rows: items.length }
  } finally {
    for (const source of sources) await source.close()
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

/** Paths of files of embeddings, beginning with the source's own name. */
async function listEmbeddings(path: string): Promise<string[]> {
  const own = basename(resolve(path))
  const found = await stat(path).catch((error: Error) => {
    throw new UsageError(error.message)
  })
  if (found.isFile()) return EMBEDDINGS.test(own) ? [own] : []
  const names = await readdir(path, { recursive: true })
  return names
    .filter((name) => /\.(npz|npy)$/i.test(name) || /\.parquet$/i.test(name))
    .map((name) => `${own}/${name.replaceAll('\\', '/')}`)
    .sort()
}
