// The results file: one line of JSON a picture, appended as soon as it is judged, so that a run that is killed loses one picture.

import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Result } from './job.ts'

/** What the file's first line says: which run it is. */
export interface RunHeader {
  readonly kind: 'run'
  readonly size: 'full' | 'quick'
  /** Pack and judge. */
  readonly of: string
  readonly machine: string
  /** ISO date. */
  readonly begun: string
}

export interface Ledger {
  readonly header: RunHeader
  readonly results: ReadonlyMap<string, Result>
  append(result: Result): Promise<void>
}

/** Begins a file anew with the header. One that is there is kept beside it, as `….before`: an hour's pictures go easily. */
export async function createLedger(path: string, header: RunHeader): Promise<Ledger> {
  await mkdir(dirname(path), { recursive: true })
  if ((await readIfThere(path)) !== '') await rename(path, `${path}.before`)
  await writeFile(path, `${JSON.stringify(header)}\n`)
  return ledgerOver(path, header, new Map())
}

/**
 * Opens a file to go on with it; null where there is none, or its first line is no header. A last line that was cut off is
 * passed over, and so are results of another pack or judge than the header's. Of two lines for one picture the later counts.
 */
export async function openLedger(path: string): Promise<Ledger | null> {
  const text = await readIfThere(path)
  const [first, ...lines] = text.split('\n').map(parseLine)
  if (!isHeader(first)) return null
  const results = lines.filter((line): line is Result => isResult(line) && line.of === first.of)
  // What is appended must not join what was cut off.
  if (!text.endsWith('\n')) await appendFile(path, '\n')
  return ledgerOver(path, first, new Map(results.map((result) => [result.key, result])))
}

function ledgerOver(path: string, header: RunHeader, results: Map<string, Result>): Ledger {
  return {
    header,
    results,
    append: async (result) => {
      await appendFile(path, `${JSON.stringify(result)}\n`)
      results.set(result.key, result)
    },
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

function isHeader(line: unknown): line is RunHeader {
  return typeof line === 'object' && line !== null && 'kind' in line && line.kind === 'run' && 'of' in line
}

function isResult(line: unknown): line is Result {
  return typeof line === 'object' && line !== null && 'key' in line && 'seen' in line && 'of' in line
}
