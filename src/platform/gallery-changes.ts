// Tells the other tabs of the origin that the gallery changed, and is told.

const NAME = 'kindred-gallery'

export interface GalleryChanges {
  /** To be called after each write. */
  tell(): void
  /** Calls back for changes that others made, and when a page that was left is come back to, which heard of none meanwhile. */
  listen(onChange: () => void): void
}

/**
 * @param scope the window or the worker. A page that is left holds no channel open: browsers may not keep it then as it was, and
 *   what it is told meanwhile ends the keeping
 */
export function openGalleryChanges(scope: EventTarget): GalleryChanges {
  const listeners: (() => void)[] = []
  let channel: BroadcastChannel | null = open()

  function open(): BroadcastChannel {
    const opened = new BroadcastChannel(NAME)
    opened.onmessage = callBack
    return opened
  }

  function callBack(): void {
    for (const onChange of listeners) onChange()
  }

  scope.addEventListener('pagehide', () => {
    channel?.close()
    channel = null
  })
  scope.addEventListener('pageshow', () => {
    if (channel !== null) return
    channel = open()
    callBack()
  })

  return {
    tell() {
      // A write that ends while the page is being left is told all the same.
      const used = channel ?? new BroadcastChannel(NAME)
      used.postMessage(null)
      if (used !== channel) used.close()
    },
    listen: (onChange) => void listeners.push(onChange),
  }
}
