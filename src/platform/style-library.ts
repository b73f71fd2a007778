// A pack's style databases, opened when first asked for and then kept: rows to search, thumbnails to show.

import type { Neighbour } from '../core/diffusion/model-parts.ts'
import { FormatError } from '../core/formats/format-error.ts'
import type { PackManifest } from '../core/pack/manifest.ts'
import { createFlatIndex, type NamedIndex } from '../core/retrieval/flat-index.ts'
import type { StyleDatabase } from '../core/retrieval/style-database.ts'
import { JobError } from '../protocol/errors.ts'
import type { NeighbourPicture } from '../protocol/jobs.ts'
import type { OpenDatabaseFile } from './pack-databases.ts'
import { MissingPackFile } from './pack-files.ts'
import { toThumbnail } from './thumbnail.ts'

export interface OpenStyle {
  readonly index: NamedIndex
  /** The rows' stable names. */
  readonly ids: readonly string[]
  /** SHA-256 of the database file, or over a person's own rows: see `OpenDatabase.hash`. */
  hash(): Promise<string>
  /** Neighbours with their captions and thumbnails. Rejects with JobError('database-damaged'). */
  picture(neighbours: readonly Neighbour[]): Promise<readonly NeighbourPicture[]>
  /** Thumbnails of the first rows that have one, at most `count`. Rejects likewise. */
  cover(count: number): Promise<readonly Blob[]>
}

export interface StyleLibrary {
  /** Rejects with JobError: 'database-missing', 'database-damaged' or 'database-other-clip'. A failure is not remembered. */
  open(styleId: string): Promise<OpenStyle>
  /**
   * Rows from all over a style that takes seconds to open, at once; null where it is open or opens soon. Rejects likewise.
   */
  sample(styleId: string): Promise<StyleSample | null>
}

/** Float16 bits, [rows, dim]. */
export interface StyleSample {
  readonly embeddings: Uint16Array
  readonly dim: number
}

export function createStyleLibrary(
  { databases, files, clip }: Pick<PackManifest, 'databases' | 'files' | 'clip'>,
  openFile: OpenDatabaseFile,
): StyleLibrary {
  const opened = new Map<string, Promise<OpenStyle>>()

  async function load(styleId: string): Promise<OpenStyle> {
    const listed = databases.find(({ id }) => id === styleId)
    const hash = listed && files[listed.file]?.sha256
    if (listed === undefined || hash === undefined) {
      throw new JobError('database-missing', `the pack has no style ${JSON.stringify(styleId)}`)
    }
    const database = await openFile(listed.file, hash)
    if (database.description.clip.id !== clip?.id) {
      throw new JobError(
        'database-other-clip',
        `style ${JSON.stringify(styleId)} was made with another CLIP`,
        `${database.description.clip.id} is not ${clip?.id}`,
      )
    }
    const { dim } = database.description.clip
    const ids = database.description.items.map(({ id }) => id)
    return styleOf(styleId, hash, database, createFlatIndex(database.embeddings, dim, ids))
  }

  return {
    open(styleId) {
      const known = opened.get(styleId)
      if (known !== undefined) return known
      const opening = named(styleId, () => load(styleId))
      opened.set(styleId, opening)
      opening.catch(() => opened.delete(styleId))
      return opening
    },
    sample: async () => null,
  }
}

function styleOf(styleId: string, hash: string, database: StyleDatabase, index: NamedIndex): OpenStyle {
  const { items } = database.description
  const read = async (rows: readonly number[]) => {
    const thumbnails = await database.thumbnails(rows)
    return thumbnails.map((bytes) => bytes && toThumbnail(bytes))
  }
  return {
    index,
    ids: items.map(({ id }) => id),
    hash: async () => hash,
    picture: (neighbours) =>
      named(styleId, async () => {
        const thumbnails = await read(neighbours.map(({ row }) => row))
        return neighbours.map((neighbour, i) => ({
          ...neighbour,
          thumbnail: thumbnails[i] ?? null,
          caption: items[neighbour.row]?.caption ?? '',
        }))
      }),
    cover: (count) =>
      named(styleId, async () => {
        const found: Blob[] = []
        for (let row = 0; row < items.length && found.length < count; row++) {
          const [blob] = await read([row])
          if (blob) found.push(blob)
        }
        return found
      }),
  }
}

/** Says of which style a file is missing or damaged. */
async function named<T>(styleId: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    const style = `style ${JSON.stringify(styleId)}`
    if (error instanceof MissingPackFile) {
      throw new JobError('database-missing', `the database of ${style} could not be fetched`, error.message)
    }
    if (error instanceof FormatError || error instanceof RangeError) {
      throw new JobError('database-damaged', `the database of ${style} is damaged`, error.message)
    }
    throw error
  }
}
