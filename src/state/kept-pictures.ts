// The gallery as this page knows it to be stored, while the page and others write to it.

import type { GalleryStore, StoredPicture } from '../platform/gallery-store.ts'

/** Its calls reject as those of GalleryStore do. */
export interface KeptPictures {
  /** All that is stored and is to stay, as it was at one moment between two writes of this page. */
  list(): Promise<readonly StoredPicture[]>
  /** False from the moment at which a picture is to be stored until it is; where storing fails, for good. */
  isStored(id: string): boolean
  add(picture: StoredPicture): Promise<void>
  delete(id: string): Promise<void>
}

export function createKeptPictures(gallery: GalleryStore): KeptPictures {
  const unstored = new Set<string>()
  const leaving = new Set<string>()
  let writes = 0

  return {
    async list() {
      for (;;) {
        const before = writes
        const stored = await gallery.list()
        if (writes === before) return stored.filter(({ id }) => !leaving.has(id))
      }
    },
    isStored: (id) => !unstored.has(id),
    async add(picture) {
      unstored.add(picture.id)
      await gallery.add(picture)
      writes++
      unstored.delete(picture.id)
    },
    async delete(id) {
      leaving.add(id)
      try {
        await gallery.delete(id)
      } finally {
        writes++
        leaving.delete(id)
      }
    },
  }
}
