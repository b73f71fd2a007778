// The styles that a person made, opened from the library's records to make pictures with: they stand beside the pack's.

import type { Library, OpenDatabase } from '../core/library/library.ts'
import type { ClipDescription } from '../core/pack/manifest.ts'
import { createFlatIndex } from '../core/retrieval/flat-index.ts'
import { JobError } from '../protocol/errors.ts'
import type { OpenStyle, StyleLibrary } from './style-library.ts'

/** Before the library's own id, in the id of a style. */
const OWN = 'user:'

type LibraryReader = Pick<Library, 'find' | 'openDatabase'>

/**
 * Opens a person's own styles from `library`, all others from `packStyles`. An own style that has changed since it was opened
 * is opened anew.
 *
 * @param clip the open pack's: what another made cannot be compared with its prompts
 */
export function withOwnStyles(packStyles: StyleLibrary, library: LibraryReader, clip: ClipDescription): StyleLibrary {
  const opened = new Map<string, { readonly revision: number; readonly style: Promise<OpenStyle> }>()

  async function openOwn(styleId: string): Promise<OpenStyle> {
    const databaseId = styleId.slice(OWN.length)
    const { revision, clip: madeWith } = await library.find(databaseId)
    if (madeWith.id !== clip.id) {
      throw new JobError(
        'database-other-clip',
        `style ${JSON.stringify(styleId)} was made with another CLIP`,
        `${madeWith.id} is not ${clip.id}`,
      )
    }
    const known = opened.get(styleId)
    if (known?.revision === revision) return known.style
    const style = library.openDatabase(databaseId).then(styleOf)
    opened.set(styleId, { revision, style })
    style.catch(() => opened.delete(styleId))
    return style
  }

  return { open: (styleId) => (styleId.startsWith(OWN) ? openOwn(styleId) : packStyles.open(styleId)) }
}

async function styleOf(database: OpenDatabase): Promise<OpenStyle> {
  const { items, summary } = database
  const ids = items.map(({ id }) => id)
  const read = async (rows: readonly number[]) => {
    const thumbnails = await database.thumbnails(rows)
    return thumbnails.map((bytes) => bytes && new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'image/webp' }))
  }
  return {
    index: createFlatIndex(await database.readEmbeddings(), summary.clip.dim, ids),
    ids,
    hash: await database.hash(),
    async picture(neighbours) {
      const thumbnails = await read(neighbours.map(({ row }) => row))
      return neighbours.map((neighbour, i) => ({
        ...neighbour,
        thumbnail: thumbnails[i] ?? null,
        caption: items[neighbour.row]?.caption ?? '',
      }))
    },
    async cover(count) {
      const rows = Array.from({ length: Math.min(count, ids.length) }, (_, row) => row)
      return (await read(rows)).filter((blob) => blob !== null)
    },
  }
}
