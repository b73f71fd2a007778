// Tells the other tabs and workers of the origin that the library changed, and is told.

const NAME = 'kindred-library'

export interface LibraryChanges {
  /** To be called after each write. */
  tell(): void
  /** Calls back for changes that others made; returns how to stop. */
  listen(onChange: () => void): () => void
}

export function openLibraryChanges(): LibraryChanges {
  const channel = new BroadcastChannel(NAME)
  return {
    tell: () => channel.postMessage(null),
    listen(onChange) {
      channel.addEventListener('message', onChange)
      return () => channel.removeEventListener('message', onChange)
    },
  }
}
