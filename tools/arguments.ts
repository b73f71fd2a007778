// Reads a tool's command line, and ends it with one sentence where something is wrong.

import { type ParseArgsConfig, parseArgs } from 'node:util'
import { FormatError } from '../src/core/formats/format-error.ts'

/** A mistake in how a tool was called, or in the files it was given; shown without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The caller asked how the tool is called, which is no mistake. */
class HelpWanted extends Error {
  override readonly name = 'HelpWanted'
}

/**
 * Positional arguments and flags. Throws UsageError with `usage` for an unknown flag or another number of positionals;
 * under `runTool`, --help prints `usage` and ends the tool.
 */
export function readArguments<T extends NonNullable<ParseArgsConfig['options']>>(
  usage: string,
  positionals: number,
  options: T,
) {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) throw new HelpWanted(usage)
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
    if (error instanceof HelpWanted) return console.log(error.message)
    console.error(explain(error))
    process.exitCode = 1
  }
}

/** What is wrong and what to do, for what the caller can mend; any other error as it is. */
function explain(error: unknown): unknown {
  if (error instanceof UsageError) return error.message
  if (error instanceof FormatError) {
    return error.format === 'pack' ? `${error.message}. ${MEND_PACK}` : error.message
  }
  return isFileError(error) ? `${error.path}: ${FILE_TROUBLES[error.code] ?? error.message}` : error
}

const MEND_PACK = 'The pack is incomplete or altered: copy it again, or make it anew with npm run convert'

const FILE_TROUBLES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder; check how the path is written',
  EACCES: 'may not be opened; check who may read and write it',
  EISDIR: 'is a folder; name a file',
  ENOTDIR: 'lies in what is no folder; check how the path is written',
  ENOSPC: 'the disk is full; make room and try again',
}

interface FileError extends Error {
  readonly code: string
  readonly path: string
}

/** A file that is missing, or may not be read or written. */
function isFileError(error: unknown): error is FileError {
  return error instanceof Error && 'syscall' in error && 'path' in error && 'code' in error
}
