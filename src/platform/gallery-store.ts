// The gallery: finished pictures with their recipes.

import type { Recipe } from '../core/diffusion/recipe.ts'
import { crc32 } from '../core/formats/crc32.ts'
import { FormatError } from '../core/formats/format-error.ts'
import { extractRecipe } from '../core/formats/png-metadata.ts'
import type { RecordBatch, RecordDisk } from '../core/storage/record-disk.ts'
import type { Jobs, NeighbourPicture } from '../protocol/jobs.ts'
import { toJobError } from './job-errors.ts'

type Output = Jobs['generate']['output']

/** The database's name in IndexedDB. */
export const GALLERY_DATABASE = 'kindred-gallery'

/** A picture as it is stored: one record holds all of it, so that it is there whole or not at all. */
export interface StoredPicture {
  readonly version: 1
  readonly id: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** Larger than that of every picture before it, also where the clock went back; earlier apps kept none: then the moment. */
  readonly order?: number | undefined
  readonly png: Blob
  readonly recipe: Recipe
  readonly neighbours: readonly NeighbourPicture[]
  readonly steps: Output['steps']
  readonly milliseconds: Output['milliseconds']
}

/** With a CRC-32 of all but its files; earlier apps kept none. */
type Sealed = StoredPicture & { readonly crc32?: number }

/** Where pictures are kept: once a call resolves, for good. Each rejects with JobError('storage-full') or 'storage-failed'. */
export interface GalleryStore {
  /**
   * Newest first, those of one place by id. Records of versions that this app does not know are left where they are. A picture
   * whose record is not as it was written has the recipe that its PNG carries.
   */
  list(): Promise<readonly StoredPicture[]>
  /** Whether there is no record at all, of versions that this app does not know neither. */
  isEmpty(): Promise<boolean>
  add(picture: StoredPicture): Promise<void>
  delete(id: string): Promise<void>
}

/**
 * The gallery over a disk of its own: a picture's id is its key.
 *
 * @param onWrite called after each write
 */
export function createGalleryStore(disk: RecordDisk, onWrite: () => void = () => {}): GalleryStore {
  const write = (batch: RecordBatch) =>
    named(async () => {
      await disk.commit(batch, 'strict')
      onWrite()
    })
  return {
    list: () =>
      named(async () => {
        const keys = await disk.keys('')
        const records = await disk.getMany(keys)
        const pictures = (await Promise.all(records.map((record, at) => unseal(record, keys[at] ?? '')))).flat()
        return pictures.toSorted((a, b) => orderOf(b) - orderOf(a) || (a.id < b.id ? -1 : 1))
      }),
    isEmpty: () => named(async () => (await disk.keys('')).length === 0),
    add: (picture) => write({ put: [[picture.id, seal(picture)]] }),
    delete: (id) => write({ delete: [id] }),
  }
}

/** By which pictures are sorted, the newest having the largest. */
export function orderOf({ order, createdAt }: Pick<StoredPicture, 'order' | 'createdAt'>): number {
  return order ?? createdAt
}

async function named<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    throw toJobError(error)
  }
}

function seal(picture: StoredPicture): Sealed {
  return { ...picture, crc32: checksumOf(picture) }
}

/** None where it is no picture that this app knows. @param id its key */
async function unseal(record: unknown, id: string): Promise<readonly StoredPicture[]> {
  if (!isPicture(record)) return []
  const { crc32: sealed, ...picture } = record
  const isVersion1 = picture.version === 1
  if (sealed === undefined || sealed === checksumOf(picture)) return isVersion1 ? [{ ...picture, version: 1 }] : []
  const mended = { ...picture, version: 1 as const, id }
  // A version that is none of this app's is a flipped bit where the checksum fits without it.
  if (!isVersion1 && sealed !== checksumOf(mended)) return []
  return [{ ...mended, recipe: (await readRecipe(picture.png)) ?? picture.recipe }]
}

/** Files are empty objects in JSON: a PNG has checksums of its own. */
function checksumOf(picture: object): number {
  return crc32(new TextEncoder().encode(JSON.stringify(picture)))
}

async function readRecipe(png: Blob): Promise<Recipe | null> {
  try {
    return extractRecipe(new Uint8Array(await png.arrayBuffer()))
  } catch (error) {
    if (error instanceof FormatError) return null
    throw error
  }
}

/** Of whatever version. */
function isPicture(record: unknown): record is Omit<Sealed, 'version'> & { readonly version: number } {
  return (
    typeof record === 'object' &&
    record !== null &&
    'version' in record &&
    'png' in record &&
    record.png instanceof Blob
  )
}
