// What the styles' store asks of the page's adapters for files.

import type { ZipKind } from '../core/library/zip-kind.ts'
import type { FileEntry } from '../protocol/library-jobs.ts'

/** Files as they are found, and the handles by which they can be found again on another visit. */
export interface FoundFiles {
  readonly entries: AsyncIterable<FileEntry>
  readonly handles: Promise<readonly FileSystemHandle[]>
}

/** Files of one folder, or of one in a zip: a zip counts as a folder. */
export interface FolderGroup {
  readonly files: readonly FileEntry[]
  /** Those in zips one by one. */
  readonly count: number
}

/** What the page's adapters know of files. */
export interface FileFinder {
  findTransferred(transfer: DataTransfer): FoundFiles
  findPicked(files: readonly File[]): FoundFiles
  /** The entries reject where what the handles lead to is gone. */
  findByHandles(handles: readonly FileSystemHandle[]): FoundFiles
  /** Asks the person where the browser wants it; true where all may be read. */
  askToRead(handles: readonly FileSystemHandle[]): Promise<boolean>
  /** Whether files that were found before can be read still, as far as a look at a few tells. */
  areThere(entries: readonly FileEntry[]): Promise<boolean>
  /** Null where fewer than two folders hold files that may be pictures. @param zips the names in each of the entries that is a zip */
  groupByFolder(
    entries: readonly FileEntry[],
    zips: ReadonlyMap<FileEntry, readonly string[]>,
  ): ReadonlyMap<string, FolderGroup> | null
  /** The files of one of those folders, found again; of files that were picked again, those that may be meant. */
  filesWithin(
    entries: readonly FileEntry[],
    within: string,
    options: { readonly pickedAgain: boolean },
  ): readonly FileEntry[]
  /** What a zip is: a style database, a backup, a model, or else pictures, as far as a look at it tells. */
  kindOfZip(file: Blob): Promise<ZipKind>
  /** The names in a zip; null where it cannot be read. */
  listZip(file: Blob): Promise<readonly string[] | null>
}
