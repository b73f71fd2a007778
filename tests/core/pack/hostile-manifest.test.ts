import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parsePackManifest } from '../../../src/core/pack/manifest.ts'

const text = readFileSync(new URL('../../../public/packs/kindred-mini/pack.json', import.meta.url), 'utf8')

/** The built-in pack's manifest with the text of one field replaced. */
function withField(field: RegExp, value: string): string {
  const changed = text.replace(field, value)
  expect(changed).not.toBe(text)
  return changed
}

describe('a pack.json from a stranger', () => {
  it.each([
    ['a thousand million steps', /"timesteps":\s*\d+/, '"timesteps": 1000000000'],
    ['an infinity', /"scaleFactor":\s*[\d.]+/, '"scaleFactor": 1e999'],
    ['a count that is no number', /"timesteps":\s*\d+/, '"timesteps": null'],
    ['a folder outside of the pack', /"folder":\s*"[^"]*"/, '"folder": "../../x"'],
    ['another host', /"folder":\s*"[^"]*"/, '"folder": "https://example.org/x"'],
    ['a host without a scheme', /"folder":\s*"[^"]*"/, '"folder": "//example.org/x"'],
    ['an id that is a path', /"id":\s*"[^"]*"/, '"id": "../x"'],
    ['a later version', /"version":\s*1/, '"version": 2'],
  ])('is refused for %s', (_, field, value) => {
    expect(() => parsePackManifest(withField(field, value))).toThrow(/^pack\.json: /)
  })

  it('cannot reach a prototype', () => {
    const hostile = `{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, ${text.trim().slice(1)}`
    expect(Object.keys(parsePackManifest(hostile))).not.toContain('constructor')
    expect('polluted' in {}).toBe(false)
  })
})
