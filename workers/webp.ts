// Stored pictures as the page shows them.

/** Every picture that the library stores is a WebP. */
export function toWebp(bytes: Uint8Array): Blob {
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'image/webp' })
}
