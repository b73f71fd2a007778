// Lets the app start its own scripts where the policy demands Trusted Types, and nobody else's.

interface PolicyRules {
  createScriptURL(url: string): string
  createHTML(html: string): string
}

interface TrustedTypes {
  readonly defaultPolicy: object | null
  createPolicy(name: string, rules: PolicyRules): object
}

/**
 * Makes the default policy of this page or worker, unless it has one or the browser knows none. It passes URLs of scripts of the
 * app's own origin on as they are (for `new Worker` and the service worker's registration), and throws TypeError for all others.
 * Of HTML only the empty text passes, with which libraries clear an element; code made of text never does.
 */
export function trustOwnScripts(): void {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes }
  if (trustedTypes === undefined || trustedTypes.defaultPolicy !== null) return
  trustedTypes.createPolicy('default', {
    createScriptURL: (url) => requireOwnScript(url, location.href),
    createHTML: requireNoHtml,
  })
}

/** `url` itself, where it leads to the origin of `base`. Throws TypeError where it does not. */
export function requireOwnScript(url: string, base: string): string {
  const { origin, protocol } = new URL(url, base)
  if (origin !== new URL(base).origin || !protocol.startsWith('http')) {
    throw new TypeError(`${url} is no script of this app's own`)
  }
  return url
}

/** Throws TypeError for anything but ''. */
export function requireNoHtml(html: string): string {
  if (html !== '') throw new TypeError('this app makes no markup from text')
  return html
}
