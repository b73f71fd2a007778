// The gallery: finished pictures with their recipes.

import type { Recipe } from '../core/diffusion/recipe.ts'
import type { RecordDisk } from '../core/storage/record-disk.ts'
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

/** Where pictures are kept: once a call resolves, for good. Each rejects with JobError('storage-full') or 'storage-failed'. */
export interface GalleryStore {
  /** Newest first, those of one place by id. Records of versions that this app does not know are left where they are. */
  list(): Promise<readonly StoredPicture[]>
  add(picture: StoredPicture): Promise<void>
  delete(id: string): Promise<void>
}

/** The gallery over a disk of its own: a picture's id is its key. */
export function createGalleryStore(disk: RecordDisk): GalleryStore {
  return {
    list: () =>
      named(async () => {
        const pictures = (await disk.getMany(await disk.keys(''))).filter(isStoredPicture)
        return pictures.toSorted((a, b) => orderOf(b) - orderOf(a) || (a.id < b.id ? -1 : 1))
      }),
    add: (picture) => named(() => disk.commit({ put: [[picture.id, picture]] }, 'strict')),
    delete: (id) => named(() => disk.commit({ delete: [id] }, 'strict')),
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

function isStoredPicture(record: unknown): record is StoredPicture {
  return (
    typeof record === 'object' &&
    record !== null &&
    'version' in record &&
    record.version === 1 &&
    'png' in record &&
    record.png instanceof Blob
  )
}
