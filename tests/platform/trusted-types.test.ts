// Which scripts the app starts where the browser asks.

import { expect, it } from 'vitest'
import { requireNoHtml, requireOwnScript } from '../../src/platform/trusted-types.ts'

const BASE = 'https://example.test/app/index.html'

it('passes scripts of the app’s own origin on unchanged', () => {
  for (const url of ['assets/generate.worker.js', './a.js', 'https://example.test/app/assets/ort.mjs']) {
    expect(requireOwnScript(url, BASE)).toBe(url)
  }
})

it('refuses every other origin, and scripts made of text', () => {
  const urls = [
    'https://elsewhere.test/a.js',
    '//elsewhere.test/a.js',
    'http://example.test/a.js',
    'https://example.test:444/a.js',
    'data:text/javascript,1',
    'blob:https://example.test/0-0',
    'javascript:1',
  ]
  for (const url of urls) expect(() => requireOwnScript(url, BASE), url).toThrow(TypeError)
})

it('lets an element be cleared, and no markup be made from text', () => {
  expect(requireNoHtml('')).toBe('')
  for (const html of [' ', '<b>', 'text']) expect(() => requireNoHtml(html)).toThrow(TypeError)
})
