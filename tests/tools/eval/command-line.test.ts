// The evaluation from the command line, on the pack that ships and the fixtures' judge: a few pictures, a cut, the rest, a page.

import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Result } from '../../../tools/eval/job.ts'
import { runTool } from '../run-tool.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const JUDGE = join(ROOT, 'tests/fixtures/judge/judge.onnx')
const SLOW_MS = 300_000

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindred-eval-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (args: readonly string[]) =>
  runTool('eval', ['--judge', JUDGE, '--results', join(folder, 'results.jsonl'), '--quick', ...args])

function readResults(): Result[] {
  const lines = readFileSync(join(folder, 'results.jsonl'), 'utf8').trim().split('\n').slice(1)
  return lines.flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as Result] : []))
}

describe('npm run eval', () => {
  it(
    'paints and judges until its time is up, goes on after a cut, and makes a page of what there is',
    async () => {
      const first = await run(['--rows', 'mixing', '--minutes', '0.001'])
      expect(first.errors).toContain('--resume goes on')
      expect(first.code).toBe(0)
      const before = readResults()
      expect(before.length).toBeGreaterThan(0)
      expect(before[0]?.experiment).toBe('mixing')
      expect(before[0]?.seen.style).toMatch(/^(oil|glass|neon)$/)
      expect(before[0]?.neighbours).toHaveLength(4)
      for (const line of first.out.split('\n').filter((text) => text.startsWith('{'))) {
        expect(JSON.parse(line)).toMatchObject({ experiment: expect.any(String), value: expect.any(Number) })
      }

      appendFileSync(join(folder, 'results.jsonl'), '{"key":"cut of')
      const second = await run(['--rows', 'mixing', '--minutes', '0.001', '--resume'])
      expect(second.code).toBe(0)
      const after = readResults()
      expect(after.length).toBeGreaterThan(before.length)
      expect(after.slice(0, before.length)).toEqual(before)
      expect(new Set(after.map(({ key }) => key)).size).toBe(after.length)

      const out = join(folder, 'page')
      const report = await run(['--report', '--out', out])
      expect(report.code).toBe(0)
      expect(readResults()).toEqual(after)
      const page = readFileSync(join(out, 'index.html'), 'utf8')
      const pictures = readdirSync(out).filter((name) => name.endsWith('.webp'))
      expect(pictures).toContain('mixing.webp')
      for (const name of pictures) expect(page).toContain(`src="${name}"`)
      for (const [, name = ''] of page.matchAll(/(?:src|href)="([^"]+)"/g))
        expect(existsSync(join(out, name))).toBe(true)
      expect(readdirSync(out).reduce((sum, name) => sum + statSync(join(out, name)).size, 0)).toBeLessThan(1_500_000)
    },
    SLOW_MS,
  )

  it(
    'fails for what it cannot do, in a sentence',
    async () => {
      const { code, errors } = await run(['--rows', 'nonsense'])
      expect(code).toBe(1)
      expect(errors).toMatch(/^--rows nonsense is none of claim, /)
    },
    SLOW_MS,
  )
})
