// The seam by which an import reads files from strangers: the app has another thread do it, which can reach nothing else.

import type { ByteSource } from '../formats/byte-source.ts'
import type { PictureFile } from './read-picture.ts'

/** A zip of pictures. */
export interface PictureArchive {
  /** Uncompressed sizes by name, in the archive's order. */
  readonly entries: ReadonlyMap<string, number>
  /** An entry, as a file is read. Rejects as that does: with 'zip-damaged' where the archive is to blame. */
  readPicture(name: string): Promise<PictureFile>
  /** Never rejects. */
  close(): Promise<void>
}

export interface PictureReader {
  /** The bytes of a picture that may be decoded. Rejects with SkippedFile for all others. */
  readPicture(source: ByteSource): Promise<PictureFile>
  /** Rejects with SkippedFile: 'zip-damaged', or 'unreadable' where its bytes cannot be had. */
  openArchive(source: ByteSource): Promise<PictureArchive>
}
