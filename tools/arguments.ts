// Reads a tool's command line, and ends it with one sentence where something is wrong.

import { type ParseArgsConfig, parseArgs } from 'node:util'
import { FormatError } from '../src/core/formats/format-error.ts'

/** A mistake in how a tool was called, or in the files it was given; shown without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * Positional arguments and flags. Throws UsageError with `usage` for an unknown flag or another number of positionals.
 */
export function readArguments<T extends NonNullable<ParseArgsConfig['options']>>(
  usage: string,
  positionals: number,
  options: T,
) {
  try {
    const parsed = parseArgs({ args: process.argv.slice(2), options, allowPositionals: true })
    if (parsed.positionals.length === positionals) return parsed
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n${usage}`)
  }
  throw new UsageError(usage)
}

/** Runs a tool: mistakes of the caller and of files end it with exit status 1 and a sentence, ours with the stack. */
export async function runTool(main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    const expected = error instanceof UsageError || error instanceof FormatError || isFileError(error)
    console.error(expected ? error.message : error)
    process.exitCode = 1
  }
}

/** A file that is missing, or may not be read or written. */
function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'path' in error
}
