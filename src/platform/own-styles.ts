// The styles that a person made, opened from the library's records to make pictures with: they stand beside the pack's.

import { indexDatabase } from '../core/library/database-index.ts'
import type { DatabaseSummary, Library, OpenDatabase } from '../core/library/library.ts'
import { isSameToSearch } from '../core/library/open-database.ts'
import type { ClipDescription } from '../core/pack/manifest.ts'
import type { NamedIndex } from '../core/retrieval/flat-index.ts'
import { JobError } from '../protocol/errors.ts'
import type { OpenStyle, StyleLibrary, StyleSample } from './style-library.ts'
import { toThumbnail } from './thumbnail.ts'

/** Before the library's own id, in the id of a style. */
const OWN = 'user:'

/** Fewer rows are opened in a second. */
const SAMPLED_FROM_ROWS = 8192
/** A thousand rows: enough to see where they lie, and read in a fraction of a second. */
const SAMPLE_CHUNKS = 16

/** What embeddings of styles that stay open take together; the one opened last stays open whatever it takes. */
const MOST_OPEN_BYTES = 2 ** 30

/** With the database that it shows, of which the next one is opened. */
interface OwnStyle extends OpenStyle {
  readonly database: OpenDatabase
}

interface Opened {
  readonly revision: number
  readonly bytes: number
  readonly style: Promise<OwnStyle>
}

type LibraryReader = Pick<Library, 'find' | 'openDatabase' | 'sample'>

/**
 * Opens a person's own styles from `library`, all others from `packStyles`. An own style that has changed since it was opened
 * is opened anew, of which no more is read than has changed: with another name alone it is the same style, and with other
 * captions it has the same index.
 *
 * @param clip the open pack's: what another made cannot be compared with its prompts
 */
export function withOwnStyles(packStyles: StyleLibrary, library: LibraryReader, clip: ClipDescription): StyleLibrary {
  /** The one that was asked for last comes last. */
  const opened = new Map<string, Opened>()

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
    const { id, revision, rows, clip: madeWith } = await find(styleId)
    const known = opened.get(styleId)
    const style = known?.revision === revision ? known.style : reopen(id, known?.style)
    opened.delete(styleId)
    opened.set(styleId, { revision, bytes: rows * madeWith.dim * Uint16Array.BYTES_PER_ELEMENT, style })
    closeOldest()
    style.catch(() => {
      if (opened.get(styleId)?.style === style) opened.delete(styleId)
    })
    return style
  }

  async function reopen(id: string, known: Promise<OwnStyle> | undefined): Promise<OwnStyle> {
    const before = await known?.catch(() => undefined)
    const database = await library.openDatabase(id, { withEmbeddings: true, before: before?.database })
    const isSame = before !== undefined && isSameToSearch(before.database, database)
    if (isSame && before.database.items === database.items) return before
    return styleOf(database, isSame ? before.index : await indexDatabase(database))
  }

  function closeOldest(): void {
    let [bytes, isLast] = [0, true]
    for (const [styleId, style] of [...opened].reverse()) {
      bytes += style.bytes
      if (bytes > MOST_OPEN_BYTES && !isLast) opened.delete(styleId)
      isLast = false
    }
  }

  async function sampleOwn(styleId: string): Promise<StyleSample | null> {
    const { id, rows, clip: madeWith } = await find(styleId)
    if (rows < SAMPLED_FROM_ROWS || opened.has(styleId)) return null
    return { embeddings: await library.sample(id, SAMPLE_CHUNKS), dim: madeWith.dim }
  }

  const isOwn = (styleId: string) => styleId.startsWith(OWN)
  return {
    open: (styleId) => (isOwn(styleId) ? openOwn(styleId) : packStyles.open(styleId)),
    sample: (styleId) => (isOwn(styleId) ? sampleOwn(styleId) : packStyles.sample(styleId)),
  }
}

function styleOf(database: OpenDatabase, index: NamedIndex): OwnStyle {
  const { items } = database
  const ids = items.map(({ id }) => id)
  const read = async (rows: readonly number[]) => {
    const thumbnails = await database.thumbnails(rows)
    return thumbnails.map((bytes) => bytes && toThumbnail(bytes))
  }
  return {
    database,
    index,
    ids,
    hash: database.hash,
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
