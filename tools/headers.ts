// The response headers that every server of the page sends, and the file that tells them to static hosts.

import { contentSecurityPolicy, securityHeaders } from '../src/platform/security-headers.ts'

export { isolationHeaders, securityHeaders } from '../src/platform/security-headers.ts'

/** `_headers` as Cloudflare Pages and Netlify read it: the app's headers for all files, other policies for the workers named. */
export function writeHeadersFile(paths: readonly string[]): string {
  const common = securityHeaders('index.html')
  const rules = [['/*', ...Object.entries(common).map(([name, value]) => `  ${name}: ${value}`)]]
  for (const path of paths) {
    const policy = contentSecurityPolicy(path)
    if (policy === common['Content-Security-Policy']) continue
    // Hosts join the values of rules that match the same file; the first line takes the common one away.
    rules.push([`/${path}`, '  ! Content-Security-Policy', `  Content-Security-Policy: ${policy}`])
  }
  return `${rules.map((lines) => lines.join('\n')).join('\n\n')}\n`
}
