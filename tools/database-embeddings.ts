// The part of `npm run database` that makes a style database of embeddings from elsewhere, without pictures.

import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { DatabaseFile } from '../src/core/library/exchange.ts'
import { collectEmbeddings, findEmbeddings } from '../src/core/library/import-embeddings.ts'
import type { ImportFile } from '../src/core/library/import-files.ts'
import type { PackManifest } from '../src/core/pack/manifest.ts'
import { UsageError } from './arguments.ts'
import { type DatabaseOptions, toId } from './database-pictures.ts'
import { openFileSource } from './file-source.ts'

const EMBEDDINGS = /\.(npz|npy|parquet|zip)$/i

/**
 * The database that a file holds; null where the source has no embeddings, and may have pictures. Of several that are found,
 * the one that `name` names. Throws UsageError, FormatError and errors of files.
 */
export async function describeEmbeddings(
  path: string,
  { clip }: PackManifest,
  { id, name: asked, description, heldOut }: DatabaseOptions,
): Promise<DatabaseFile | null> {
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
    if (collections.length + refused.length === 0) return null
    const named = collections.filter(({ name }) => asked === undefined || name === asked)
    const [collection] = collections.length === 1 ? collections : named.length === 1 ? named : []
    if (collection === undefined) {
      const names = collections.map(({ name }) => name).join(', ')
      throw new UsageError(collections.length === 0 ? `${path} has no embeddings to use` : `--name one of: ${names}`)
    }
    const { items, embeddings } = await collectEmbeddings(collection)
    const name = asked ?? collection.name
    const nothing = async (rows: readonly number[]) => rows.map(() => null)
    return {
      description: {
        ...{ id: id ?? toId(name), name, description, heldOut },
        clip: { id: clip.id, dim: clip.dim },
        thumbnail: { type: 'image/webp', side: 64 },
        items: items.map(({ id, caption }) => ({ id, caption })),
      },
      embeddings,
      pictures: { thumbnails: nothing, images: nothing },
    }
  } finally {
    for (const source of sources) await source.close()
  }
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
