// What page and service worker say to each other.

export type ToServiceWorker =
  /** Asks for `ServiceWorkerAnswer` on the port that comes with it. */
  | { readonly kind: 'which-build' }
  /** The person agreed to the update. */
  | { readonly kind: 'take-over' }
  /** Nothing is going on: old builds that no tab runs any more may go. */
  | { readonly kind: 'sweep' }

export interface ServiceWorkerAnswer {
  readonly build: string
}

export type FromServiceWorker =
  /** An update that a person agreed to in some tab has taken over. */
  | { readonly kind: 'updated'; readonly build: string }
  /** The app was withdrawn from this browser's keeping; the page comes from the network again. */
  | { readonly kind: 'retired' }
