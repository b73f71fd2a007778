// The response headers that keep the app to itself: sent by our servers, by the service worker, and told to static hosts.

/** Cross-origin isolation: without it the runtime has one wasm thread. */
export const isolationHeaders: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** What a person chose to install a model from: any host over https, or a server on this machine. */
const MODEL_HOSTS = "'self' https: http://localhost:* http://127.0.0.1:*"

/**
 * The policy of a file of the app. A page's policy does not govern the workers that it starts: each carries its own, and only the
 * install worker may speak to another host; the parse worker, which reads strangers' files, to none at all.
 * @param path below the app's folder, as it was built: assets/install.worker-….js
 */
export function contentSecurityPolicy(path: string): string {
  if (/(^|\/)install\.worker[-.]/.test(path)) return writePolicy(MODEL_HOSTS)
  if (/(^|\/)parse\.worker[-.]/.test(path)) return writePolicy("'none'")
  return writePolicy("'self'")
}

function writePolicy(connect: string): string {
  return [
    "default-src 'none'",
    // The second is for WebAssembly alone; it allows no eval.
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    `connect-src ${connect}`,
    "img-src 'self' blob:",
    "style-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ')
}

/** The page's policy for its <meta> element, in which browsers do not read frame-ancestors. */
export const metaPolicy = contentSecurityPolicy('index.html')
  .split('; ')
  .filter((directive) => !directive.startsWith('frame-ancestors'))
  .join('; ')

/** All of them, for a file of the app. */
export function securityHeaders(path: string): Record<string, string> {
  return {
    ...isolationHeaders,
    'Content-Security-Policy': contentSecurityPolicy(path),
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  }
}
