// The browser's offer to install the app, kept back until the page has a good moment for it.

/** Chromium's event; no other browser lets a page ask. */
interface BeforeInstallPrompt extends Event {
  prompt(): Promise<{ readonly outcome: 'accepted' | 'dismissed' }>
}

export interface InstallPrompt {
  /** Calls back when the browser would install, unless the person has said no before. */
  onAvailable(listener: () => void): void
  /** Shows the browser's own dialog, once for each offer. */
  show(): Promise<void>
  /** Remembers the no; the browser's menu still installs. */
  decline(): void
}

const DECLINED = 'kindred-install-declined'

export function createInstallPrompt(target: EventTarget, storage: Pick<Storage, 'getItem' | 'setItem'>): InstallPrompt {
  let offer: BeforeInstallPrompt | null = null
  return {
    onAvailable(listener) {
      target.addEventListener('beforeinstallprompt', (event) => {
        event.preventDefault()
        offer = event as BeforeInstallPrompt
        if (storage.getItem(DECLINED) === null) listener()
      })
    },
    async show() {
      const shown = offer
      offer = null
      await shown?.prompt()
    },
    decline: () => storage.setItem(DECLINED, 'yes'),
  }
}
