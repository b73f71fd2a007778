// The thumbnails on the map: read when they come into sight, kept while there is room, the longest unseen let go first.

import type { MapPicture } from '../../state/constellation-state.ts'

export interface MapPictures {
  /** The row's picture; asking for it marks it as seen. Null where it has none, undefined where it was not read yet. */
  get(row: number): ImageBitmap | null | undefined
  /** Empty until the row was read. */
  caption(row: number): string
  /** Reads those of the rows that are not here, a few at a time; `onChange` is called after each few. */
  want(rows: readonly number[]): void
  /** Frees every picture; nothing is read afterwards. */
  close(): void
}

interface Options {
  readonly read: (rows: readonly number[]) => Promise<readonly MapPicture[] | null>
  readonly onChange: () => void
}

interface Held {
  readonly bitmap: ImageBitmap | null
  readonly caption: string
}

const MOST_HELD = 900
const ROWS_A_READ = 48

export function createMapPictures({ read, onChange }: Options): MapPictures {
  // A Map keeps insertion order: the first is the longest unseen.
  const held = new Map<number, Held>()
  let wanted: readonly number[] = []
  let isReading = false
  let isClosed = false

  async function readOn(): Promise<void> {
    if (isReading) return
    isReading = true
    try {
      for (;;) {
        const rows = wanted.filter((row) => !held.has(row)).slice(0, ROWS_A_READ)
        if (rows.length === 0 || isClosed) return
        const pictures = await read(rows)
        if (pictures === null || isClosed) return
        const bitmaps = await Promise.all(pictures.map(({ thumbnail }) => decode(thumbnail)))
        for (const [at, row] of rows.entries()) {
          held.set(row, { bitmap: bitmaps[at] ?? null, caption: pictures[at]?.caption ?? '' })
        }
        if (isClosed) letGo(0)
        else onChange()
      }
    } finally {
      isReading = false
    }
  }

  function letGo(atMost: number): void {
    for (const [row, { bitmap }] of held) {
      if (held.size <= atMost) return
      bitmap?.close()
      held.delete(row)
    }
  }

  return {
    get(row) {
      const found = held.get(row)
      if (found === undefined) return undefined
      held.delete(row)
      held.set(row, found)
      return found.bitmap
    },
    caption: (row) => held.get(row)?.caption ?? '',
    want(rows) {
      letGo(Math.max(MOST_HELD, rows.length))
      wanted = rows
      void readOn()
    },
    close() {
      isClosed = true
      letGo(0)
    },
  }
}

/** A picture that does not decode has no place on the map but its dot. */
async function decode(thumbnail: Blob | null): Promise<ImageBitmap | null> {
  if (thumbnail === null) return null
  return createImageBitmap(thumbnail).catch(() => null)
}
