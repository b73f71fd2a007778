import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findMistakes, readTitles, writeMatrix } from '../../tools/matrix/matrix.ts'

const ROOT = resolve(import.meta.dirname, '../..')

describe('the reliability matrix', () => {
  it('names tests that are there', () => {
    expect(findMistakes(ROOT)).toEqual([])
  })

  it('finds every line without its tests where they are not there', () => {
    const mistakes = findMistakes('/nowhere')
    expect(mistakes).toContain('57: there is no tests/core/formats/zip.test.ts')
    expect(mistakes.length).toBeGreaterThan(62)
  })

  it('is the page in docs/reliability.md', () => {
    expect(readFileSync(join(ROOT, 'docs/reliability.md'), 'utf8')).toBe(writeMatrix())
  })

  it('knows titles by what follows them, in whatever quotes and after whatever table', () => {
    const source = [
      "it('a title', () => {",
      'test("it\'s another", async ({ page }) => {',
      "describe.each(['x'])('over %s', (x) => {",
      "expect(find('nothing')).toBe('none')",
    ]
    expect(readTitles(source.join('\n'))).toEqual(new Set(['a title', "it's another", 'over %s']))
  })
})
