import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Result } from '../../../tools/eval/job.ts'
import { createLedger, openLedger, type RunHeader } from '../../../tools/eval/ledger.ts'

const HEADER: RunHeader = { kind: 'run', size: 'quick', of: 'pack judge', machine: 'one', begun: '2026-01-01' }

function resultOf(key: string, changed: Partial<Result> = {}): Result {
  return { key, of: HEADER.of, experiment: 'claim', seconds: 1, seen: {}, styles: {}, neighbours: [], ...changed }
}

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindred-ledger-'))
  path = join(folder, 'deep', 'results.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('the results file', () => {
  it('gives back, after any run, what was appended before', async () => {
    const first = await createLedger(path, HEADER)
    await first.append(resultOf('a'))
    await first.append(resultOf('b', { seen: { style: 'oil' } }))
    const second = await openLedger(path)
    expect(second?.header).toEqual(HEADER)
    expect([...(second?.results.keys() ?? [])]).toEqual(['a', 'b'])
    await second?.append(resultOf('c'))
    expect((await openLedger(path))?.results.get('b')?.seen).toEqual({ style: 'oil' })
    expect((await openLedger(path))?.results.size).toBe(3)
  })

  it('loses only the line that was being written, wherever the run was killed', async () => {
    const ledger = await createLedger(path, HEADER)
    await ledger.append(resultOf('a'))
    const whole = readFileSync(path).length
    await ledger.append(resultOf('b'))
    const end = readFileSync(path).length
    for (let length = end - 2; length > whole; length -= 7) {
      truncateSync(path, length)
      const opened = await openLedger(path)
      expect([...(opened?.results.keys() ?? [])]).toEqual(['a'])
      await opened?.append(resultOf('c'))
      expect([...((await openLedger(path))?.results.keys() ?? [])]).toEqual(['a', 'c'])
      truncateSync(path, whole)
      appendFileSync(path, JSON.stringify(resultOf('b')))
    }
  })

  it('passes over results of another pack or judge, and lets the later of two lines count', async () => {
    const ledger = await createLedger(path, HEADER)
    await ledger.append(resultOf('a'))
    await ledger.append(resultOf('b', { of: 'another pack' }))
    await ledger.append(resultOf('a', { picture: 'AAAA' }))
    const opened = await openLedger(path)
    expect([...(opened?.results.keys() ?? [])]).toEqual(['a'])
    expect(opened?.results.get('a')?.picture).toBe('AAAA')
  })

  it('is null where there is none, or its first line is no header', async () => {
    expect(await openLedger(join(folder, 'none.jsonl'))).toBeNull()
    writeFileSync(join(folder, 'other.jsonl'), '{"something":"else"}\n')
    expect(await openLedger(join(folder, 'other.jsonl'))).toBeNull()
  })

  it('keeps an earlier run beside a new one', async () => {
    await (await createLedger(path, HEADER)).append(resultOf('a'))
    await createLedger(path, HEADER)
    expect(existsSync(`${path}.before`)).toBe(true)
    expect((await openLedger(path))?.results.size).toBe(0)
    expect((await openLedger(`${path}.before`))?.results.size).toBe(1)
  })
})
