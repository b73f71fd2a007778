// The policy: who may speak to whom.

import { describe, expect, it } from 'vitest'
import { contentSecurityPolicy, metaPolicy, securityHeaders } from '../../src/platform/security-headers.ts'

const directives = (policy: string) => new Map(policy.split('; ').map((part) => [part.split(' ')[0], part]))

describe('the policy', () => {
  it('lets page and workers speak to the app’s own server alone', () => {
    for (const path of [
      'index.html',
      'assets/generate.worker-Ab12.js',
      'assets/library.worker-Ab12.js',
      'x/install.js',
    ])
      expect(directives(contentSecurityPolicy(path)).get('connect-src')).toBe("connect-src 'self'")
  })

  it('lets the install worker fetch from the host that a person chose, and the parse worker from none', () => {
    expect(contentSecurityPolicy('assets/install.worker-Ab12.js')).toContain("connect-src 'self' https:")
    expect(contentSecurityPolicy('assets/parse.worker-Ab12.js')).toContain("connect-src 'none'")
  })

  it('allows nothing inline, no eval and no unlisted kind of content, and demands Trusted Types', () => {
    for (const path of ['index.html', 'assets/install.worker-a.js', 'assets/parse.worker-a.js']) {
      const policy = contentSecurityPolicy(path)
      expect(policy).not.toMatch(/'unsafe-|data:|\*(?!;| |$)/)
      expect(directives(policy).get('default-src')).toBe("default-src 'none'")
      expect(directives(policy).get('require-trusted-types-for')).toBe("require-trusted-types-for 'script'")
    }
  })

  it('leaves out of the meta element what browsers do not read there, and nothing else', () => {
    expect(`${metaPolicy}; frame-ancestors 'none'`.split('; ').sort()).toEqual(
      contentSecurityPolicy('index.html').split('; ').sort(),
    )
  })

  it('goes with cross-origin isolation', () => {
    expect(securityHeaders('index.html')).toMatchObject({
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'X-Content-Type-Options': 'nosniff',
    })
  })
})
