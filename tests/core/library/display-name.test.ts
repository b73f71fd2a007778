import { describe, expect, it } from 'vitest'
import { captionOf, displayName } from '../../../src/core/library/display-name.ts'

describe('a name to show', () => {
  it.each([
    ['markup stays text', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['control characters go', 'a\u0000b\u001b[31mc\u0085d', 'ab[31mcd'],
    ['direction marks go', '\u202Egnp.exe\u2066\u200F', 'gnp.exe'],
    ['white space is one space', '  a \n\t b  ', 'a b'],
    ['two spellings are one', 'e\u0301', '\u00e9'],
    ['half a character goes', 'a\ud83d', 'a'],
    ['nothing to see is nothing', '\u200b\u2060\ufeff', ''],
  ])('%s', (_, text, shown) => {
    expect(displayName(text)).toBe(shown)
  })

  it('has at most 200 characters, none of them cut in two', () => {
    expect(displayName('n'.repeat(5000))).toBe('n'.repeat(200))
    expect(displayName('🎨'.repeat(5000))).toBe('🎨'.repeat(200))
  })
})

describe('a caption', () => {
  it.each([
    ['holiday/Old mill.JPEG', 'Old mill'],
    ['.hidden', '.hidden'],
    ['..', '..'],
    ['a/b/', ''],
    ['v1.2 final version', 'v1.2 final version'],
  ])('of %s is "%s"', (path, caption) => {
    expect(captionOf(path)).toBe(caption)
  })
})
