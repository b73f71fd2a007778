// The one error of everything that stores: a code to switch on, and what was being done.

export type StorageErrorCode =
  | 'storage-full' // the browser gave no room
  | 'storage-failed' // a record could not be read or written, or is not what it should be
  | 'storage-newer' // written by a newer version of the app: it may be read, not changed
  | 'database-missing' // there is no such database, or no such item in it
  | 'database-other-clip' // the rows' embeddings are another CLIP's
  | 'database-empty' // a file needs at least one row
  | 'images-missing' // the database does not hold the images that this needs

export class StorageError extends Error {
  override readonly name = 'StorageError'

  /** @param detail the offending value, or the browser's own words */
  constructor(
    readonly code: StorageErrorCode,
    message: string,
    readonly detail: string = '',
  ) {
    super(message)
  }
}
