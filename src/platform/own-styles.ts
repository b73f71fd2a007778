// The styles that a person made, opened from the library's records to make pictures with: they stand beside the pack's.

import type { DatabaseSummary, Library, OpenDatabase } from '../core/library/library.ts'
import type { ClipDescription } from '../core/pack/manifest.ts'
import { createFlatIndex } from '../core/retrieval/flat-index.ts'
import { JobError } from '../protocol/errors.ts'
import type { OpenStyle, StyleLibrary, StyleSample } from './style-library.ts'

/** Before the library's own id, in the id of a style. */
const OWN = 'user:'

/** Fewer rows are opened in a second. */
const SAMPLED_FROM_ROWS = 8192
/** A thousand rows: enough to see where they lie, and read in a fraction of a second. */
const SAMPLE_CHUNKS = 16

type LibraryReader = Pick<Library, 'find' | 'openDatabase' | 'sample'>

/**
 * Opens a person's own styles from `library`, all others from `packStyles`. An own style that has changed since it was opened
 * is opened anew.
 *
 * @param clip the open pack's: what another made cannot be compared with its prompts
 */
export function withOwnStyles(packStyles: StyleLibrary, library: LibraryReader, clip: ClipDescription): StyleLibrary {
  const opened = new Map<string, { readonly revision: number; readonly style: Promise<OpenStyle> }>()

  async function find(styleId: string): Promise<DatabaseSummary> {
    const summary = await library.find(styleId.slice(OWN.length))
    const { clip: madeWith } = summary
    if (madeWith.id !== clip.id) {
      throw new JobError(
        'database-other-clip',
        `style ${JSON.stringify(styleId)} was made with another CLIP`,
        `${madeWith.id} is not ${clip.id}`,
      )
    }
    return summary
  }

  async function openOwn(styleId: string): Promise<OpenStyle> {
    const { id, revision } = await find(styleId)
    const known = opened.get(styleId)
    if (known?.revision === revision) return known.style
    const style = library.openDatabase(id, { withEmbeddings: true }).then(styleOf)
    opened.set(styleId, { revision, style })
    style.catch(() => opened.delete(styleId))
    return style
  }

  async function sampleOwn(styleId: string): Promise<StyleSample | null> {
    const { id, revision, rows, clip: madeWith } = await find(styleId)
    if (rows < SAMPLED_FROM_ROWS || opened.get(styleId)?.revision === revision) return null
    return { embeddings: await library.sample(id, SAMPLE_CHUNKS), dim: madeWith.dim }
  }

  const isOwn = (styleId: string) => styleId.startsWith(OWN)
  return {
    open: (styleId) => (isOwn(styleId) ? openOwn(styleId) : packStyles.open(styleId)),
    sample: (styleId) => (isOwn(styleId) ? sampleOwn(styleId) : packStyles.sample(styleId)),
  }
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
