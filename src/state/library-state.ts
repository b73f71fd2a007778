// The person's own style databases as the page shows them: the shelf, what is being made into one, and the one looked into.

import type { ImportTally, SkippedEntry } from '../core/library/import-pictures.ts'
import type { DatabaseSummary, FileEntry, PausedImport } from '../protocol/library-jobs.ts'
import type { Failure, GivenAs } from './app-state.ts'

/** A database on the shelf. */
export interface LibraryDatabase extends Omit<DatabaseSummary, 'cover'> {
  /** Object URLs of its first thumbnails. */
  readonly covers: readonly string[]
}

/** What was dropped or picked, before anything is made of it. */
export type Offer =
  /** Folders are being walked. */
  | { readonly kind: 'counting'; readonly name: string; readonly count: number }
  /** They lie in several folders: one style for each, or one for all? */
  | {
      readonly kind: 'choosing'
      readonly name: string
      readonly count: number
      readonly folders: readonly OfferedFolder[]
    }
  /** Folders without a single file. */
  | { readonly kind: 'empty'; readonly name: string }
  /** A backup: is it to be restored? */
  | { readonly kind: 'backup'; readonly name: string; readonly file: File }
  /** A model's folder: is it to be installed?  */
  | { readonly kind: 'pack'; readonly name: string; readonly files: readonly FileEntry[] }
  /** The same as a zip. */
  | { readonly kind: 'pack-zip'; readonly name: string; readonly file: File }

/** 'as-pictures': it is looked at for pictures after all. 'taken': whoever is told of the offer sees to it. */
export type OfferAnswer = 'one-for-all' | 'one-for-each' | 'as-pictures' | 'taken'

export interface OfferedFolder {
  /** From what was dropped, with slashes: two folders may have one name. */
  readonly path: string
  readonly name: string
  readonly count: number
}

/** Pictures on their way into a database, or rows or a database file into the library. */
export interface Import {
  /** The page's own count, a key. */
  readonly id: number
  readonly kind: 'pictures' | 'file' | 'embeddings' | 'embedding-again'
  /** Of the database. */
  readonly name: string
  readonly status: 'waiting' | 'running' | 'stopping' | 'done' | 'failed'
  /** False of pictures that the library is yet to keep: a page that is left before has forgotten them. */
  readonly isKept: boolean
  /** While it runs, whether nothing has been heard of it for so long that its worker may hang. */
  readonly isQuiet: boolean
  /** Null until its first row is kept. */
  readonly databaseId: string | null
  /** The database that it was dropped on, though it becomes one of its own; null where it was not, or joins it. */
  readonly beside: string | null
  /** Of pictures, the id under which the library keeps the import: a PausedImport's. */
  readonly importId: string | null
  readonly tally: ImportTally
  /** Of pictures, how many files were handed over to be read. */
  readonly sent: number
  /** Files a second; 0 before there is a rate. */
  readonly ratePerSecond: number
  readonly secondsLeft: number | null
  /** Object URLs of the rows added last, oldest first. */
  readonly sheet: readonly string[]
  /** The first of the skipped files, at most NAMED_SKIPPED; the tally counts all. */
  readonly skipped: readonly SkippedEntry[]
  /** Where `status` is 'failed'. */
  readonly failure: Failure | null
}

/** Skipped files that are kept by name. */
export const NAMED_SKIPPED = 200

/** Why a paused import did not go on: its files are gone, the person or the browser refused them, or no file was picked. */
export type Unfound = 'gone' | 'refused' | 'none-picked'

/** A square of a sheet of decoded pictures, in the sheet's pixels. */
export interface GridPicture {
  /** Belongs to the store, which closes it a while after the state has let go of it. */
  readonly sheet: ImageBitmap
  readonly left: number
  readonly top: number
  readonly side: number
}

export interface GridItem {
  readonly id: string
  readonly caption: string
  /** Null where there is none, or none that can be read. */
  readonly picture: GridPicture | null
  /** Cosine similarity to what was searched for; null where nothing was. */
  readonly score: number | null
}

/** A picture of it that is shown large. */
export interface ViewedPicture {
  /** Its place among the rows, or among what was found. */
  readonly index: number
  /** Null while its row is not read. */
  readonly itemId: string | null
  readonly caption: string
  /** Belongs to the store, as a sheet does; null while it is read, and where none can be shown. */
  readonly picture: ImageBitmap | null
  /** What it is; null while it is read. */
  readonly kept: 'picture' | 'thumbnail' | 'nothing' | null
  /** Pixels of the file as it was dropped; 0 where they are not known. */
  readonly width: number
  readonly height: number
}

/** The database that is looked into. */
export interface Browsing {
  readonly databaseId: string
  readonly rows: number
  /** Items by page; the grid asks for those in sight. */
  readonly pages: ReadonlyMap<number, readonly GridItem[]>
  /** What is shown in place of the rows, best first; null where nothing is searched for. */
  readonly found: { readonly label: string; readonly items: readonly GridItem[] } | null
  readonly isSearching: boolean
  /** Ids of chosen items. */
  readonly selected: ReadonlySet<string>
  /** What was last moved elsewhere, until something else is chosen; null where nothing was. */
  readonly moved: { readonly count: number; readonly intoId: string } | null
  /** Null while the grid alone is looked at. */
  readonly viewed: ViewedPicture | null
}

export interface LibraryAppState {
  readonly status: 'opening' | 'ready' | 'failed'
  /** How many numbers a row of the open CLIP has; 0 while none is open. */
  readonly clipDim: number
  /** Oldest first. */
  readonly databases: readonly LibraryDatabase[]
  /** Removed ones that can be had back. */
  readonly removed: readonly { readonly id: string; readonly name: string }[]
  readonly paused: readonly PausedImport[]
  /** Ids of imports, paused or failed, whose files are still at hand: they go on without being picked again. */
  readonly atHand: ReadonlySet<string>
  /** Paused imports that did not go on when they were asked to, by id. */
  readonly unfound: ReadonlyMap<string, Unfound>
  readonly offer: Offer | null
  /** In the order in which they began or will. */
  readonly imports: readonly Import[]
  readonly browsing: Browsing | null
  /** Whether a picture is being read that a person gave the search. */
  readonly isReading: boolean
  /** The picture that could not be read last, until another is given. */
  readonly unread: { readonly name: string; readonly failure: Failure } | null
  /** What went wrong last, until it is put away or something else is done. */
  readonly failure: Failure | null
}

/** Items that are read together: a chunk of the library's, so that few chunks are read for two pages. */
export const PAGE_ROWS = 64

export const INITIAL_LIBRARY: LibraryAppState = {
  status: 'opening',
  clipDim: 0,
  databases: [],
  removed: [],
  paused: [],
  atHand: new Set(),
  unfound: new Map(),
  offer: null,
  imports: [],
  browsing: null,
  isReading: false,
  unread: null,
  failure: null,
}

/** None of these throws or rejects: what goes wrong shows in the state. */
export interface LibraryActions {
  /** To be called inside the event that brought the files: the browser takes them away afterwards. */
  drop(transfer: DataTransfer, databaseId: string | null): void
  /** What a picker gave. @param databaseId where the pictures go, null for a new style */
  pick(files: readonly File[], databaseId: string | null): void
  /** Answers the offer's question. */
  accept(answer: OfferAnswer): void
  /** Makes nothing of what is offered. */
  declineOffer(): void
  /** Stops an import in a way that it can go on. */
  pause(importId: number): void
  /** Ends an import; what was added stays. */
  stop(importId: number): void
  dismissImport(importId: number): void
  /** Goes on with a paused import, or shows why it cannot. @param files picked again, where there are no handles or they lead nowhere */
  resume(pausedId: string, files: readonly File[] | null): void
  /** Lets a paused import be; what was added stays. */
  forgetPaused(pausedId: string): void

  /** Reads a picture, which no style keeps, and gives it to the chosen style's search. */
  givePicture(file: File, as: GivenAs): void
  dismissUnread(): void

  rename(databaseId: string, name: string): void
  remove(databaseId: string): void
  undoRemove(databaseId: string): void
  merge(intoId: string, fromId: string): void
  exportFile(databaseId: string): void
  embedAgain(databaseId: string): void

  /** Looks into a database. */
  browse(databaseId: string): void
  closeBrowsing(): void
  /** The grid shows these rows. */
  needRows(from: number, count: number): void
  searchWords(words: string): void
  searchPicture(file: File): void
  clearSearch(): void
  toggleSelected(itemId: string): void
  clearSelected(): void
  /** Chooses the items from one cell of the grid to another, both with it, beside those that are chosen. */
  selectRange(from: number, to: number): void
  /** Chooses all that the grid has. */
  selectAll(): void
  removeSelected(): void
  moveSelected(intoId: string): void
  setCaption(itemId: string, caption: string): void
  /** Shows a picture large, by its place in the grid; nothing where there is no such place. */
  viewPicture(index: number): void
  /** Shows the chosen one, where the grid has read it. */
  viewSelected(): void
  closePicture(): void

  dismissFailure(): void
}

/** How many cells the grid has. */
export function countShown(browsing: Browsing | null): number {
  return browsing?.found?.items.length ?? browsing?.rows ?? 0
}

/** What a cell of the grid shows; null while that is not read. */
export function itemShownAt(browsing: Browsing | null, index: number): GridItem | null {
  if (browsing === null) return null
  if (browsing.found !== null) return browsing.found.items[index] ?? null
  return browsing.pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS] ?? null
}

/** The id under which a custom database is a style to make pictures with. */
export function ownStyleId(databaseId: string): string {
  return `user:${databaseId}`
}

/** Whether pictures are being made into a style at the moment. */
export function isImporting({ imports }: Pick<LibraryAppState, 'imports'>): boolean {
  return imports.some(({ status }) => status === 'waiting' || status === 'running' || status === 'stopping')
}
