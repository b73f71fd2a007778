// What TypeScript's library for pages leaves out of the origin private file system: some of it only workers have.

interface FileSystemSyncAccessHandle {
  /** Bytes written, from `at` on. */
  write(bytes: Uint8Array<ArrayBuffer>, options: { readonly at: number }): number
  truncate(byteLength: number): void
  flush(): void
  close(): void
}

interface FileSystemFileHandle {
  createSyncAccessHandle(): Promise<FileSystemSyncAccessHandle>
  /** Replaces a file of that name in the same folder. */
  move(name: string): Promise<void>
}
