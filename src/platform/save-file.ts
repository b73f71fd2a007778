// Saves a blob as a file, by way of the browser's downloads.

/** Needs a document: for the page only. */
export function saveFile(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The download reads the URL after click() returns.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
