import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findMistakes, readSkips, readTitles, writeMatrix } from '../../tools/matrix/matrix.ts'

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

  it('refuses tests that its commands always skip, unless it says what they need', () => {
    const root = mkdtempSync(join(tmpdir(), 'kindred-matrix-'))
    const put = (path: string, text: string) => writeFileSync(join(root, path), text)
    for (const folder of ['tools/soak', 'e2e']) mkdirSync(join(root, folder), { recursive: true })
    put('tools/test.ts', "run({ env: { PORT: '80' } })")
    put('tools/soak/repeat.ts', "run({ CAMPAIGN: 'full' })")
    put('e2e/usual.spec.ts', "test.skip(process.env.PORT === undefined)\ntest('holds', () => {")
    put('e2e/long.spec.ts', "test.skip(process.env.CAMPAIGN !== 'full', 'long')\ntest('holds', () => {")
    put('e2e/never.spec.ts', "test.skip(!process.env.SOME_WISH)\ntest('holds', () => {")
    const mistakesOf = (file: string, more: object = {}) =>
      findMistakes(root, [{ id: '1', what: '', tests: { [`e2e/${file}.spec.ts`]: ['holds'] }, ...more }]).filter(
        (mistake) => mistake.includes('skipped'),
      )
    try {
      expect(mistakesOf('usual')).toEqual([])
      expect(mistakesOf('never')).toEqual([
        '1: e2e/never.spec.ts is skipped but with SOME_WISH, which none of its commands sets',
      ])
      expect(mistakesOf('never', { needs: 'a wish' })).toEqual([])
      expect(mistakesOf('long')).toHaveLength(1)
      expect(mistakesOf('long', { soak: ['gpu'] })).toEqual([])
    } finally {
      rmSync(root, { recursive: true })
    }
  })

  it('knows by what a file is skipped', () => {
    const source = "it.skipIf(process.env.A)('x')\n  it.runIf( !process.env.B_C )\nput('it.skip(process.env.D)')"
    expect(readSkips(source)).toEqual(['A', 'B_C'])
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
