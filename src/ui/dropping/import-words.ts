// What the card of an import says: how far it is, or what went wrong and what is kept all the same.

import type { PausedImport } from '../../protocol/library-jobs.ts'
import type { Import, LibraryDatabase } from '../../state/library-state.ts'
import { strings } from '../strings.ts'
import { findRemedy } from '../trouble/remedy.ts'

/**
 * How far one is that has not failed.
 * @param databases all of them: of a saved style, what has come of it is counted there
 */
export function sayState(
  { kind, status, isKept, isQuiet, databaseId, tally, sent, ratePerSecond, secondsLeft }: Import,
  databases: readonly Pick<LibraryDatabase, 'id' | 'rows' | 'hasPictures'>[],
): string {
  const words = strings.dropping
  switch (status) {
    case 'waiting':
      return isKept ? words.waiting : words.keeping
    case 'running':
    case 'stopping':
    case 'failed':
      if (isQuiet && status === 'running') return words.quiet(kind === 'pictures' && databaseId !== null)
      if (kind === 'embedding-again') return words.readingAgain(tally.done, tally.total)
      if (tally.done === 0)
        return kind === 'embeddings' ? words.reading(0, tally.total) : words.preparing(tally.total, sent)
      return kind === 'pictures'
        ? words.running(tally, ratePerSecond, secondsLeft)
        : words.reading(tally.done, tally.total)
    case 'done':
      if (kind === 'embeddings') return words.doneRows(tally.added, tally.skipped)
      if (kind === 'embedding-again') return words.doneAgain(tally.total)
      if (kind === 'pictures') return words.done(tally)
      return words.doneFile(databases.find(({ id }) => id === databaseId) ?? null)
    default:
      return status satisfies never
  }
}

/**
 * @param paused the same import as it is kept, to go on with; null where none of it is
 * @param databases all of them: the largest other one is named where there is no room
 */
export function sayFailure(
  one: Import,
  paused: PausedImport | null,
  databases: readonly Pick<LibraryDatabase, 'id' | 'name' | 'bytes'>[],
): string {
  const words = strings.dropping
  const { kind, failure, tally } = one
  const isRefused = failure?.code === 'database-damaged' || failure?.code === 'invalid-input'
  if (kind === 'embeddings' && isRefused) return words.refusedRows(failure.message)
  if (lacksRoom(one)) {
    const [largest] = databases.filter(({ id }) => id !== one.databaseId).toSorted((a, b) => b.bytes - a.bytes)
    return words.noRoom(paused?.added ?? null, paused?.total ?? tally.total, largest ?? null)
  }
  const { happened, stillWorks } = findRemedy(failure?.code ?? 'internal').words
  return `${happened} ${paused === null ? stillWorks : words.paused(paused.added, paused.skipped, paused.total)}`
}

/** Whether an import of pictures ended because there is no more room for them. */
export function lacksRoom({ kind, failure }: Pick<Import, 'kind' | 'failure'>): boolean {
  return kind === 'pictures' && failure?.code === 'storage-full'
}
