// The one seam for storing large files: the pack store does not know whether OPFS or a test's simulated disk answers.

/** An open file; nobody else can open it meanwhile. */
export interface DiskFile {
  /** Writes all of `bytes` from `offset` on, or rejects; a part may then have been written. */
  write(bytes: Uint8Array, offset: number): Promise<void>
  /** What was written to the file, and which files there were, survives power loss once this resolves. */
  flush(): Promise<void>
  close(): Promise<void>
}

/**
 * A flat folder of files. Making, moving and removing files happen in order and at once: after a crash the last of them since a
 * flush may be undone, never one before another. What was written and not flushed may be there, or not, or in part.
 * Every call rejects with StorageError('storage-full') or StorageError('storage-failed'), and with nothing else.
 */
export interface FileDisk {
  /** The length of every file, by name. */
  list(): Promise<ReadonlyMap<string, number>>
  /** Makes a file of this length, or gives it this length; added bytes are 0. The room is taken now. */
  reserve(name: string, byteLength: number): Promise<void>
  /** Opens a file that is there. */
  open(name: string): Promise<DiskFile>
  /** A reference to a file's bytes, read when asked for; it ends with the file. */
  read(name: string): Promise<Blob>
  /** Renames a file; one of that name is replaced. */
  move(from: string, to: string): Promise<void>
  /** Frees the room at once; does nothing where there is no such file. */
  remove(name: string): Promise<void>
}

/** Makes or replaces a small file. */
export async function writeWhole(disk: FileDisk, name: string, bytes: Uint8Array): Promise<void> {
  await disk.reserve(name, bytes.byteLength)
  const file = await disk.open(name)
  try {
    await file.write(bytes, 0)
    await file.flush()
  } finally {
    await file.close()
  }
}
